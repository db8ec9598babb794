package main

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/reposerver/apiclient"
	utilio "github.com/argoproj/argo-cd/v3/util/io"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// repoServer renders and reads commits from the recordings. A call that it does not know panics, through
// the interface that it embeds: into a 500, or, where Argo CD makes the call in a goroutine, to the end.
type repoServer struct {
	apiclient.RepoServerServiceClient
	manifests map[manifestKey]recorded
	commits   map[commitKey]*v1alpha1.RevisionMetadata
	refs      map[string]*apiclient.Refs
	failures  map[string]string
}

// manifestKey is an application and the revision of its first source; empty for the tracked one.
type manifestKey struct{ application, revision string }

// commitKey is a commit in its repository.
type commitKey struct{ repository, revision string }

func newRepoServer(answers []recorded, w *world) *repoServer {
	r := &repoServer{
		manifests: map[manifestKey]recorded{}, commits: map[commitKey]*v1alpha1.RevisionMetadata{},
		refs: map[string]*apiclient.Refs{}, failures: map[string]string{},
	}
	for _, answer := range answers {
		key, rest := answer.application()
		parts := strings.Split(rest, "/")
		switch {
		case rest == "manifests":
			revision := answer.query.Get("revision")
			if revisions := answer.query["revisions"]; len(revisions) > 0 {
				revision = revisions[0]
			}
			if at := (manifestKey{key, revision}); r.manifests[at].status != http.StatusOK {
				r.manifests[at] = answer
			}
		case len(parts) == 3 && parts[0] == "revisions" && parts[2] == "metadata" && answer.status == http.StatusOK:
			commit := &v1alpha1.RevisionMetadata{}
			if json.Unmarshal(answer.body, commit) == nil {
				for _, repository := range w.repositoriesOf(key) {
					r.commits[commitKey{repository, parts[1]}] = commit
				}
			}
		case len(answer.path) == 5 && answer.path[2] == "repositories" && answer.path[4] == "refs":
			refs := &apiclient.Refs{}
			if json.Unmarshal(answer.body, refs) == nil {
				r.refs[answer.path[3]] = refs
			}
		}
	}
	var repositories v1alpha1.RepositoryList
	if good(answers, "/api/v1/repositories", &repositories) == nil {
		for _, repository := range repositories.Items {
			r.failures[repository.Repo] = repository.ConnectionState.Message
		}
	}
	return r
}

// NewRepoServerClient is itself.
func (r *repoServer) NewRepoServerClient() (utilio.Closer, apiclient.RepoServerServiceClient, error) {
	return utilio.NopCloser, r, nil
}

// GenerateManifest gives what was rendered of the application at the revision. Of several sources the
// first one gives all of it: who asks gets the sum.
func (r *repoServer) GenerateManifest(_ context.Context, in *apiclient.ManifestRequest, _ ...grpc.CallOption) (*apiclient.ManifestResponse, error) {
	if in.HasMultipleSources && in.ApplicationSource != nil && in.ApplicationSource.Name != "" {
		return &apiclient.ManifestResponse{}, nil
	}
	answer, known := r.manifests[manifestKey{in.AppName, in.Revision}]
	if !known {
		// The tracked revision under its name, or one that was never rendered.
		if _, isCommit := r.commits[commitKey{in.Repo.Repo, in.Revision}]; !isCommit && in.Revision != in.ApplicationSource.TargetRevision {
			return nil, status.Errorf(codes.Unknown, "unable to resolve '%s' to a commit SHA", in.Revision)
		}
		answer = r.manifests[manifestKey{in.AppName, ""}]
	}
	if answer.status != http.StatusOK && answer.status != 0 {
		return nil, status.Error(codes.Unknown, answer.failure())
	}
	response := &apiclient.ManifestResponse{}
	if answer.body == nil {
		return response, nil
	}
	err := json.Unmarshal(answer.body, response)
	return response, err
}

// GetRevisionMetadata gives a recorded commit.
func (r *repoServer) GetRevisionMetadata(_ context.Context, in *apiclient.RepoServerRevisionMetadataRequest, _ ...grpc.CallOption) (*v1alpha1.RevisionMetadata, error) {
	if commit, known := r.commits[commitKey{in.Repo.Repo, in.Revision}]; known {
		return commit, nil
	}
	if len(in.Revision) != 40 {
		return nil, status.Errorf(codes.Unknown, "revision %s must be resolved", in.Revision)
	}
	// As it was recorded of a commit that does not exist.
	return nil, status.Error(codes.Unknown, strings.ReplaceAll("error acquiring repo lock: failed to initialize repository resources: rpc error: code = Internal desc = Failed to checkout revision REVISION: `git fetch origin REVISION --tags --force --prune` failed exit status 128: fatal: remote error: upload-pack: not our ref REVISION", "REVISION", in.Revision))
}

// TestRepository fails as it did when it was recorded. The outcome is in the cache from the start: this is for a
// server that could not reach its cache in time.
func (r *repoServer) TestRepository(_ context.Context, in *apiclient.TestRepositoryRequest, _ ...grpc.CallOption) (*apiclient.TestRepositoryResponse, error) {
	message := r.failures[in.Repo.Repo]
	if message == "" {
		return &apiclient.TestRepositoryResponse{VerifiedRepository: true}, nil
	}
	_, cause, _ := strings.Cut(message, "desc = ")
	return nil, status.Error(codes.Unknown, cause)
}

// ListRefs gives recorded branches and tags.
func (r *repoServer) ListRefs(_ context.Context, in *apiclient.ListRefsRequest, _ ...grpc.CallOption) (*apiclient.Refs, error) {
	if refs, known := r.refs[in.Repo.Repo]; known {
		return refs, nil
	}
	return &apiclient.Refs{}, nil
}
