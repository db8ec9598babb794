package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	servercache "github.com/argoproj/argo-cd/v3/server/cache"
	"github.com/argoproj/argo-cd/v3/util/cache/appstate"
	corev1 "k8s.io/api/core/v1"
)

// world is Argo CD's own objects, as recorded: typed, so that what the types no longer hold is noticed.
type world struct {
	applications []v1alpha1.Application
	projects     []v1alpha1.AppProject
	sets         []v1alpha1.ApplicationSet
	clusters     []v1alpha1.Cluster
	repositories []v1alpha1.Repository
	trees        map[string]*v1alpha1.ApplicationTree
	managed      map[string][]*v1alpha1.ResourceDiff
	events       []corev1.Event
	// failed is what could not be had from the cache when it was recorded, by application and part.
	failed map[string]bool
	// ignored is what the release's own settings ignore, by kind as a setting's name has it.
	ignored map[string]string
}

func newWorld(answers []recorded, o options) (*world, error) {
	w := &world{trees: map[string]*v1alpha1.ApplicationTree{}, managed: map[string][]*v1alpha1.ResourceDiff{}, failed: map[string]bool{}}
	var applications v1alpha1.ApplicationList
	var projects v1alpha1.AppProjectList
	var sets v1alpha1.ApplicationSetList
	var clusters v1alpha1.ClusterList
	var repositories v1alpha1.RepositoryList
	for path, into := range map[string]any{
		"/api/v1/applications": &applications, "/api/v1/projects": &projects, "/api/v1/applicationsets": &sets,
		"/api/v1/clusters": &clusters, "/api/v1/repositories": &repositories,
	} {
		if err := good(answers, path, into); err != nil {
			return nil, err
		}
	}
	w.projects, w.sets, w.clusters = projects.Items, sets.Items, clusters.Items
	for _, repository := range repositories.Items {
		w.repositories = append(w.repositories, *repository)
	}
	for i := range w.projects {
		// Tokens are made anew: a recorded one could not be signed.
		w.projects[i].Status = v1alpha1.AppProjectStatus{}
		for role := range w.projects[i].Spec.Roles {
			w.projects[i].Spec.Roles[role].JWTTokens = nil
		}
	}
	if o.generated == "" || o.keepRecorded {
		w.applications = applications.Items
	}
	if err := w.readCaches(answers); err != nil {
		return nil, err
	}
	if err := w.readIgnored(answers); err != nil {
		return nil, err
	}
	if o.generated != "" {
		if err := w.addGenerated(o); err != nil {
			return nil, err
		}
	}
	w.derive()
	return w, nil
}

// readCaches takes what the controller had put into Redis, and the events of the applications.
func (w *world) readCaches(answers []recorded) error {
	for _, answer := range answers {
		key, rest := answer.application()
		if answer.status != http.StatusOK {
			w.failed[key+" "+rest] = true
			continue
		}
		var err error
		switch {
		case rest == "resource-tree":
			tree := &v1alpha1.ApplicationTree{}
			err = json.Unmarshal(answer.body, tree)
			w.trees[key] = tree
		case rest == "managed-resources" && !answer.query.Has("fields"):
			var list struct {
				Items []*v1alpha1.ResourceDiff `json:"items"`
			}
			err = json.Unmarshal(answer.body, &list)
			w.managed[key] = list.Items
		case answer.path[len(answer.path)-1] == "events" && !answer.query.Has("resourceName"):
			var list corev1.EventList
			err = json.Unmarshal(answer.body, &list)
			w.events = append(w.events, list.Items...)
		}
		if err != nil {
			return fmt.Errorf("%s %s: %w", key, rest, err)
		}
	}
	return nil
}

// readIgnored turns the overrides that the server reported back into the settings that they came from.
func (w *world) readIgnored(answers []recorded) error {
	var settings struct {
		Overrides map[string]struct {
			Ignored string `json:"ignoreResourceUpdates"`
		} `json:"resourceOverrides"`
	}
	w.ignored = map[string]string{}
	err := good(answers, "/api/v1/settings", &settings)
	for kind, override := range settings.Overrides {
		if override.Ignored != "" {
			w.ignored[strings.NewReplacer("*/*", "all", "/", "_").Replace(kind)] = override.Ignored
		}
	}
	return err
}

func (w *world) addGenerated(o options) error {
	text, err := os.ReadFile(o.generated)
	if err != nil {
		return err
	}
	var list v1alpha1.ApplicationList
	if err := json.Unmarshal(text, &list); err != nil {
		return fmt.Errorf("%s: %w", o.generated, err)
	}
	for i := range list.Items {
		app := &list.Items[i]
		app.Status.ResourceHealthSource = v1alpha1.ResourceHealthLocationAppTree
		// Resource versions are numbers that grow, from one.
		app.ResourceVersion = strconv.Itoa(i + 1)
		if o.pad > 0 {
			app.Annotations = map[string]string{"example.com/pad": strings.Repeat("x", o.pad)}
		}
	}
	w.applications = append(w.applications, list.Items...)
	return nil
}

// repositoriesOf is where an application's sources come from.
func (w *world) repositoriesOf(key string) []string {
	var urls []string
	for i := range w.applications {
		app := &w.applications[i]
		if appKey(app.Namespace, app.Name) == key {
			for _, source := range app.Spec.GetSources() {
				urls = append(urls, source.RepoURL)
			}
		}
	}
	return urls
}

// fill puts the controller's part into the cache, and how the repositories did when they were tested.
func (w *world) fill(states *appstate.Cache, tests *servercache.Cache) error {
	for i := range w.repositories {
		repository := &w.repositories[i]
		if err := tests.SetRepoConnectionState(repository.Repo, repository.Project, &repository.ConnectionState); err != nil {
			return err
		}
	}
	for key, tree := range w.trees {
		if err := states.SetAppResourcesTree(key, tree); err != nil {
			return err
		}
	}
	for key, managed := range w.managed {
		if managed == nil {
			managed = []*v1alpha1.ResourceDiff{}
		}
		if err := states.SetAppManagedResources(key, managed); err != nil {
			return err
		}
	}
	for i := range w.clusters {
		info := w.clusters[i].Info
		if err := states.SetClusterInfo(w.clusters[i].Server, &info); err != nil {
			return err
		}
	}
	return nil
}
