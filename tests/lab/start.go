package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/argoproj/argo-cd/v3/server"
	servercache "github.com/argoproj/argo-cd/v3/server/cache"
	cacheutil "github.com/argoproj/argo-cd/v3/util/cache"
	"github.com/argoproj/argo-cd/v3/util/cache/appstate"
	"github.com/redis/go-redis/v9"
	"k8s.io/apimachinery/pkg/runtime"
	dynamicfake "k8s.io/client-go/dynamic/fake"
	controllerfake "sigs.k8s.io/controller-runtime/pkg/client/fake"
)

const (
	// namespace is the control plane's.
	namespace = "argocd"
	// startSeconds is how long the server may take to answer: 5,000 applications take 3 on two idle cores.
	startSeconds = 120
	// redisConnections are for 64 requests at once, each of which asks for a dozen repositories: a connection that
	// does not come in time counts as a cache miss.
	redisConnections = 1024
	redisPatience    = time.Minute
	// cacheLife outlives every test.
	cacheLife = 24 * time.Hour
)

// lab is what a test needs to know; it is printed as JSON.
type lab struct {
	URL string `json:"url"`
	// Tokens by account; "expired" and "revoked" are refused.
	Tokens map[string]string `json:"tokens"`
	// AdminPassword logs "admin" in.
	AdminPassword string `json:"admin_password"`
	// CAFile holds the CA's certificate, when there is one.
	CAFile string `json:"ca_file,omitempty"`
	// Writes answers GET with every write that the server made.
	Writes string `json:"writes"`
	PID    int    `json:"pid"`
	folder string
}

func start(o options) (*lab, error) {
	answers, err := readRecorded(o.fixtures)
	if err != nil {
		return nil, err
	}
	world, err := newWorld(answers, o)
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "argocd-lab-")
	if err != nil {
		return nil, err
	}
	authority, err := newAuthority()
	if err != nil {
		return nil, err
	}
	writes := &writes{}
	cluster, err := startCluster(newCluster(answers, world), authority, writes)
	if err != nil {
		return nil, err
	}
	if err := reachOnly(cluster, folder); err != nil {
		return nil, err
	}
	objects, adminPassword, err := controlPlane(world, authority, o)
	if err != nil {
		return nil, err
	}
	behind := behind{world, objects, writes, newRepoServer(answers, world), folder}
	url, err := behind.serve(o)
	if err != nil {
		return nil, err
	}
	l := &lab{URL: url, AdminPassword: adminPassword, Writes: cluster.plain + "/lab/writes", PID: os.Getpid(), folder: folder}
	if o.tls {
		l.CAFile = filepath.Join(folder, "ca.pem")
		if err := os.WriteFile(l.CAFile, authority.pem, 0o600); err != nil {
			return nil, err
		}
	}
	l.Tokens, err = makeTokens(l.URL, adminPassword)
	writes.forget()
	return l, err
}

// behind is what the server stands on.
type behind struct {
	world   *world
	objects []runtime.Object
	writes  *writes
	repo    *repoServer
	folder  string
}

// serve builds the server and waits until it answers. It returns its URL.
func (b behind) serve(o options) (string, error) {
	redisServer := miniredis.NewMiniRedis()
	if err := redisServer.StartAddr("127.0.0.1:0"); err != nil {
		return "", err
	}
	client := redis.NewClient(&redis.Options{
		Addr: redisServer.Addr(), PoolSize: redisConnections, PoolTimeout: redisPatience, ReadTimeout: redisPatience,
	})
	states := appstate.NewCache(cacheutil.NewCache(cacheutil.NewRedisCache(client, cacheLife, cacheutil.RedisCompressionNone)), cacheLife)
	cache := servercache.NewCache(states, cacheLife, 3*time.Minute)
	if err := b.world.fill(states, cache); err != nil {
		return "", err
	}
	port, err := freePort()
	if err != nil {
		return "", err
	}
	applications := newApplicationClient(b.world, b.writes)
	go answerRefreshes(applications)
	opts := server.ArgoCDServerOpts{
		ListenHost: "127.0.0.1", ListenPort: port, MetricsHost: "127.0.0.1",
		Insecure: !o.tls, ContentTypes: []string{"application/json"}, EnableGZip: true,
		Namespace: namespace, ApplicationNamespaces: []string{"team-*"},
		KubeClientset: newKubeClient(b.objects, b.writes), AppClientset: applications,
		DynamicClientset:        dynamicfake.NewSimpleDynamicClient(runtime.NewScheme()),
		KubeControllerClientset: controllerfake.NewClientBuilder().Build(),
		RepoClientset:           b.repo, RedisClient: client,
		Cache:           cache,
		StaticAssetsDir: b.folder, DexServerAddr: "http://127.0.0.1:1",
		XFrameOptions: "sameorigin", ContentSecurityPolicy: "frame-ancestors 'self';",
		WebhookParallelism: 1, WebhookRefreshWorkers: 1, SyncWithReplaceAllowed: true,
	}
	if o.rootPath != "" {
		opts.RootPath, opts.BaseHRef = o.rootPath, o.rootPath+"/"
	}
	ctx := context.Background()
	srv := server.NewServer(ctx, opts, server.ApplicationSetOpts{})
	listeners, err := srv.Listen()
	if err != nil {
		return "", err
	}
	srv.Init(ctx)
	go srv.Run(ctx, listeners)
	scheme := "http"
	if o.tls {
		scheme = "https"
	}
	host := fmt.Sprintf("%s://127.0.0.1:%d", scheme, port)
	return host + o.rootPath, answers(srv, host)
}

// answers waits until the server does. It tells nobody when.
func answers(srv *server.ArgoCDServer, host string) error {
	for range startSeconds * 10 {
		response, err := anyCertificate().Get(host + "/healthz")
		if err == nil {
			_ = response.Body.Close()
			if response.StatusCode == http.StatusOK && srv.Initialized() {
				return nil
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	return fmt.Errorf("the server did not start in %d seconds", startSeconds)
}

// freePort is one that nobody listens on now. The server's gateway dials its own port by number, so
// it cannot be left to the kernel.
func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().(*net.TCPAddr).Port, nil
}
