package main

import (
	"fmt"
	"hash/fnv"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// derive gives an application without recorded state the modest one that its resources suggest.
// Where it is recorded that there was none, there is none: the server then answers with the conditions.
func (w *world) derive() {
	for i := range w.applications {
		app := &w.applications[i]
		key := appKey(app.Namespace, app.Name)
		if _, known := w.trees[key]; !known && !w.failed[key+" resource-tree"] {
			w.trees[key] = deriveTree(app)
		}
		if _, known := w.managed[key]; !known && !w.failed[key+" managed-resources"] {
			w.managed[key] = deriveManaged(app)
		}
	}
}

func deriveTree(app *v1alpha1.Application) *v1alpha1.ApplicationTree {
	tree := &v1alpha1.ApplicationTree{}
	for _, resource := range app.Status.Resources {
		created := app.CreationTimestamp
		node := v1alpha1.ResourceNode{
			ResourceRef: v1alpha1.ResourceRef{
				Group: resource.Group, Version: resource.Version, Kind: resource.Kind,
				Namespace: resource.Namespace, Name: resource.Name, UID: uid(app, resource),
			},
			ResourceVersion: "1", CreatedAt: &created,
		}
		if resource.Kind == "Deployment" {
			node.Health = &v1alpha1.HealthStatus{Status: app.Status.Health.Status}
		}
		tree.Nodes = append(tree.Nodes, node)
	}
	return tree
}

func deriveManaged(app *v1alpha1.Application) []*v1alpha1.ResourceDiff {
	managed := []*v1alpha1.ResourceDiff{}
	for _, resource := range app.Status.Resources {
		target, live := manifest(resource, 2), manifest(resource, 2)
		isOff := resource.Status == v1alpha1.SyncStatusCodeOutOfSync
		if isOff {
			live = manifest(resource, 5)
		}
		managed = append(managed, &v1alpha1.ResourceDiff{
			Group: resource.Group, Kind: resource.Kind, Namespace: resource.Namespace, Name: resource.Name,
			TargetState: target, LiveState: live, NormalizedLiveState: live, PredictedLiveState: target,
			ResourceVersion: "1", Modified: isOff,
		})
	}
	return managed
}

func manifest(resource v1alpha1.ResourceStatus, replicas int) string {
	version := schema.GroupVersion{Group: resource.Group, Version: resource.Version}.String()
	spec := ""
	if resource.Kind == "Deployment" {
		spec = fmt.Sprintf(`,"spec":{"replicas":%d}`, replicas)
	}
	return fmt.Sprintf(`{"apiVersion":%q,"kind":%q,"metadata":{"name":%q,"namespace":%q}%s}`,
		version, resource.Kind, resource.Name, resource.Namespace, spec)
}

// uid is the same in every run.
func uid(app *v1alpha1.Application, resource v1alpha1.ResourceStatus) string {
	hash := fnv.New64a()
	_, _ = fmt.Fprint(hash, app.Namespace, app.Name, resource.Kind, resource.Name)
	sum := hash.Sum64()
	return fmt.Sprintf("%08x-0000-4000-8000-%012x", sum>>32, sum&0xffffffffffff)
}
