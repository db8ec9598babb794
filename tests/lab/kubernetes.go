package main

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sort"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/version"
)

const (
	// reachable is the recorded second cluster that answers.
	reachable = "prod-eu.k8s.example.com"
	// kubernetesVersion is what was recorded.
	kubernetesVersion = "v1.36.1"
)

// cluster is a read-only Kubernetes API over the recorded live objects, events and logs. It stands for
// every destination cluster: names of the recordings do not clash.
type cluster struct {
	kinds  map[schema.GroupVersion][]metav1.APIResource
	live   map[objectKey]json.RawMessage
	events []corev1.Event
	logs   *podLogs
}

// runningCluster is where it listens: a URL in plain HTTP, an address with TLS.
type runningCluster struct{ plain, tls string }

func newCluster(answers []recorded, w *world) *cluster {
	c := &cluster{live: liveObjects(answers, w), logs: readPodLogs(answers)}
	c.kinds = kindsOf(w)
	c.logs.learnContainers(c.live)
	for _, answer := range answers {
		if _, rest := answer.application(); rest == "events" && answer.status == http.StatusOK && answer.query.Has("resourceName") {
			var list corev1.EventList
			if json.Unmarshal(answer.body, &list) == nil {
				c.events = append(c.events, list.Items...)
			}
		}
	}
	return c
}

// startCluster serves it, with the list of writes beside it.
func startCluster(c *cluster, authority *authority, writes *writes) (*runningCluster, error) {
	mux := http.NewServeMux()
	mux.Handle("/lab/writes", writes)
	mux.Handle("/", c)
	config, err := authority.serverConfig(reachable)
	if err != nil {
		return nil, err
	}
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	secured, err := tls.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		return nil, err
	}
	go func() { _ = http.Serve(plain, mux) }()
	go func() { _ = http.Serve(secured, c) }()
	return &runningCluster{plain: "http://" + plain.Addr().String(), tls: secured.Addr().String()}, nil
}

// kindsOf is every kind that a tree names.
func kindsOf(w *world) map[schema.GroupVersion][]metav1.APIResource {
	seen := map[schema.GroupVersionKind]bool{}
	kinds := map[schema.GroupVersion][]metav1.APIResource{}
	for _, tree := range w.trees {
		for _, node := range append(append(tree.Nodes[:0:0], tree.Nodes...), tree.OrphanedNodes...) {
			gvk := schema.GroupVersionKind{Group: node.Group, Version: node.Version, Kind: node.Kind}
			if node.Version == "" || seen[gvk] {
				continue
			}
			seen[gvk] = true
			plural, singular := meta.UnsafeGuessKindToResource(gvk)
			kinds[gvk.GroupVersion()] = append(kinds[gvk.GroupVersion()], metav1.APIResource{
				Name: plural.Resource, SingularName: singular.Resource, Namespaced: node.Namespace != "", Kind: node.Kind,
				Verbs: metav1.Verbs{"get", "list", "watch"},
			})
		}
	}
	return kinds
}

func (c *cluster) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	segments := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	if r.Method != http.MethodGet {
		refuse(w, http.StatusMethodNotAllowed, metav1.StatusReasonMethodNotAllowed, "this cluster is read-only")
		return
	}
	switch {
	case r.URL.Path == "/version":
		reply(w, version.Info{Major: "1", Minor: "36", GitVersion: kubernetesVersion})
	case r.URL.Path == "/api":
		reply(w, metav1.APIVersions{TypeMeta: metav1.TypeMeta{Kind: "APIVersions"}, Versions: []string{"v1"}})
	case r.URL.Path == "/apis":
		reply(w, c.groups())
	case segments[0] == "api" && len(segments) >= 2:
		c.below(w, r.URL.Query(), schema.GroupVersion{Version: segments[1]}, segments[2:])
	case segments[0] == "apis" && len(segments) >= 3:
		c.below(w, r.URL.Query(), schema.GroupVersion{Group: segments[1], Version: segments[2]}, segments[3:])
	default:
		refuse(w, http.StatusNotFound, metav1.StatusReasonNotFound, "the server could not find the requested resource")
	}
}

func (c *cluster) below(w http.ResponseWriter, query url.Values, gv schema.GroupVersion, rest []string) {
	inNamespace := ""
	if len(rest) > 2 && rest[0] == "namespaces" {
		inNamespace, rest = rest[1], rest[2:]
	}
	switch {
	case len(rest) == 0 && c.kinds[gv] != nil:
		reply(w, metav1.APIResourceList{TypeMeta: metav1.TypeMeta{Kind: "APIResourceList"}, GroupVersion: gv.String(), APIResources: c.kinds[gv]})
	case len(rest) == 1 && rest[0] == "events":
		c.listEvents(w, inNamespace, query.Get("fieldSelector"))
	case len(rest) == 2:
		object, found := c.live[objectKey{gv.Group, rest[0], inNamespace, rest[1]}]
		if !found {
			refuse(w, http.StatusNotFound, metav1.StatusReasonNotFound, fmt.Sprintf("%s %q not found", schema.GroupResource{Group: gv.Group, Resource: rest[0]}, rest[1]))
			return
		}
		reply(w, object)
	case len(rest) == 3 && rest[0] == "pods" && rest[2] == "log":
		c.logs.serve(w, rest[1], query)
	default:
		refuse(w, http.StatusNotFound, metav1.StatusReasonNotFound, "the server could not find the requested resource")
	}
}

func (c *cluster) groups() metav1.APIGroupList {
	list := metav1.APIGroupList{TypeMeta: metav1.TypeMeta{Kind: "APIGroupList"}}
	for gv := range c.kinds {
		if gv.Group == "" {
			continue
		}
		version := metav1.GroupVersionForDiscovery{GroupVersion: gv.String(), Version: gv.Version}
		list.Groups = append(list.Groups, metav1.APIGroup{Name: gv.Group, Versions: []metav1.GroupVersionForDiscovery{version}, PreferredVersion: version})
	}
	sort.Slice(list.Groups, func(a, b int) bool { return list.Groups[a].Name < list.Groups[b].Name })
	return list
}

func (c *cluster) listEvents(w http.ResponseWriter, inNamespace, text string) {
	selector, err := fields.ParseSelector(text)
	if err != nil {
		refuse(w, http.StatusBadRequest, metav1.StatusReasonBadRequest, err.Error())
		return
	}
	list := corev1.EventList{TypeMeta: metav1.TypeMeta{Kind: "EventList", APIVersion: "v1"}, ListMeta: metav1.ListMeta{ResourceVersion: "1"}}
	list.Items = filter(c.events, func(event corev1.Event) bool {
		return (inNamespace == "" || event.Namespace == inNamespace) && selector.Matches(involved(event))
	})
	reply(w, list)
}

func reply(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(body)
}

// refuse answers as a Kubernetes API does.
func refuse(w http.ResponseWriter, code int32, reason metav1.StatusReason, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(int(code))
	_ = json.NewEncoder(w).Encode(metav1.Status{
		TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"},
		Status:   metav1.StatusFailure, Message: message, Reason: reason, Code: code,
	})
}
