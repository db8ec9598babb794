package main

import (
	"encoding/json"
	"net/http"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// objectKey is a live object's place in the API.
type objectKey struct{ group, plural, namespace, name string }

func keyOf(group, kind, namespace, name string) objectKey {
	plural, _ := meta.UnsafeGuessKindToResource(schema.GroupVersionKind{Group: group, Kind: kind})
	return objectKey{group, plural.Resource, namespace, name}
}

// liveObjects are those that were recorded one by one, else their state in the comparison, else what the
// tree knows of them.
func liveObjects(answers []recorded, w *world) map[objectKey]json.RawMessage {
	live := map[objectKey]json.RawMessage{}
	for _, tree := range w.trees {
		for _, node := range tree.Nodes {
			if node.UID != "" {
				live[keyOf(node.Group, node.Kind, node.Namespace, node.Name)] = outline(node)
			}
		}
	}
	for _, managed := range w.managed {
		for _, diff := range managed {
			if diff.LiveState != "" && diff.LiveState != "null" {
				live[keyOf(diff.Group, diff.Kind, diff.Namespace, diff.Name)] = json.RawMessage(diff.LiveState)
			}
		}
	}
	for _, answer := range answers {
		var body struct {
			Manifest string `json:"manifest"`
		}
		_, rest := answer.application()
		if rest == "resource" && answer.status == http.StatusOK && json.Unmarshal(answer.body, &body) == nil {
			query := answer.query
			live[keyOf(query.Get("group"), query.Get("kind"), query.Get("namespace"), query.Get("resourceName"))] = json.RawMessage(body.Manifest)
		}
	}
	return live
}

func outline(node v1alpha1.ResourceNode) json.RawMessage {
	text, _ := json.Marshal(map[string]any{
		"apiVersion": schema.GroupVersion{Group: node.Group, Version: node.Version}.String(), "kind": node.Kind,
		"metadata": map[string]any{
			"name": node.Name, "namespace": node.Namespace, "uid": node.UID,
			"resourceVersion": node.ResourceVersion, "creationTimestamp": node.CreatedAt,
		},
	})
	return text
}
