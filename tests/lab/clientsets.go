package main

import (
	appfake "github.com/argoproj/argo-cd/v3/pkg/client/clientset/versioned/fake"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	k8slabels "k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	kubefake "k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"
)

// newKubeClient is the control plane's API. The fake one ignores field selectors: without the reactors
// any ConfigMap would replace the RBAC policy, whose loader watches by name.
func newKubeClient(objects []runtime.Object, writes *writes) *kubefake.Clientset {
	client := kubefake.NewSimpleClientset(objects...)
	for _, resource := range []string{"configmaps", "secrets", "events"} {
		client.PrependReactor("list", resource, selectList(client.Tracker()))
	}
	for _, resource := range []string{"configmaps", "secrets"} {
		client.PrependWatchReactor(resource, selectWatch(client.Tracker()))
	}
	client.PrependReactor("*", "*", func(action clienttesting.Action) (bool, runtime.Object, error) {
		writes.watch(action)
		return false, nil, nil
	})
	return client
}

// newApplicationClient holds applications, projects and ApplicationSets.
func newApplicationClient(w *world, writes *writes) *appfake.Clientset {
	var objects []runtime.Object
	for i := range w.applications {
		objects = append(objects, &w.applications[i])
	}
	for i := range w.projects {
		objects = append(objects, &w.projects[i])
	}
	for i := range w.sets {
		objects = append(objects, &w.sets[i])
	}
	client := appfake.NewSimpleClientset(objects...)
	client.PrependReactor("*", "*", func(action clienttesting.Action) (bool, runtime.Object, error) {
		writes.watch(action)
		return false, nil, nil
	})
	return client
}

// selectList honours the field selector of a list.
func selectList(tracker clienttesting.ObjectTracker) clienttesting.ReactionFunc {
	return func(action clienttesting.Action) (bool, runtime.Object, error) {
		selector := action.(clienttesting.ListAction).GetListRestrictions().Fields
		if selector == nil || selector.Empty() {
			return false, nil, nil
		}
		labels := action.(clienttesting.ListAction).GetListRestrictions().Labels
		kinds := map[string]string{"configmaps": "ConfigMap", "secrets": "Secret", "events": "Event"}
		all, err := tracker.List(action.GetResource(), corev1.SchemeGroupVersion.WithKind(kinds[action.GetResource().Resource]), action.GetNamespace())
		if err != nil {
			return true, nil, err
		}
		keep := func(meta metav1.ObjectMeta, set fields.Set) bool {
			return selector.Matches(set) && (labels == nil || labels.Matches(k8slabels.Set(meta.Labels)))
		}
		switch list := all.(type) {
		case *corev1.ConfigMapList:
			list.Items = filter(list.Items, func(item corev1.ConfigMap) bool { return keep(item.ObjectMeta, named(item.ObjectMeta)) })
		case *corev1.SecretList:
			list.Items = filter(list.Items, func(item corev1.Secret) bool { return keep(item.ObjectMeta, named(item.ObjectMeta)) })
		case *corev1.EventList:
			list.Items = filter(list.Items, func(item corev1.Event) bool { return keep(item.ObjectMeta, involved(item)) })
		}
		return true, all, nil
	}
}

// selectWatch honours the name in the field selector of a watch.
func selectWatch(tracker clienttesting.ObjectTracker) clienttesting.WatchReactionFunc {
	return func(action clienttesting.Action) (bool, watch.Interface, error) {
		selector := action.(clienttesting.WatchAction).GetWatchRestrictions().Fields
		all, err := tracker.Watch(action.GetResource(), action.GetNamespace())
		if err != nil || selector == nil || selector.Empty() {
			return err != nil, all, err
		}
		return true, watch.Filter(all, func(event watch.Event) (watch.Event, bool) {
			object, ok := event.Object.(metav1.Object)
			return event, ok && selector.Matches(fields.Set{"metadata.name": object.GetName(), "metadata.namespace": object.GetNamespace()})
		}), nil
	}
}

func named(meta metav1.ObjectMeta) fields.Set {
	return fields.Set{"metadata.name": meta.Name, "metadata.namespace": meta.Namespace}
}

func involved(event corev1.Event) fields.Set {
	object := event.InvolvedObject
	return fields.Set{"involvedObject.name": object.Name, "involvedObject.namespace": object.Namespace, "involvedObject.uid": string(object.UID), "involvedObject.kind": object.Kind}
}

func filter[T any](items []T, keep func(T) bool) []T {
	kept := []T{}
	for _, item := range items {
		if keep(item) {
			kept = append(kept, item)
		}
	}
	return kept
}
