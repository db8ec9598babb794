package main

import (
	"context"
	"strconv"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/pkg/client/clientset/versioned"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// answerRefreshes plays the one part of the application controller that a reader notices: it takes the
// refresh annotation away. Nothing is compared anew, so a cache that was empty stays empty.
func answerRefreshes(client versioned.Interface) {
	ctx := context.Background()
	// From now on: existing objects would be delivered through a channel of a hundred.
	now, err := client.ArgoprojV1alpha1().Applications("").List(ctx, metav1.ListOptions{})
	if err != nil {
		return
	}
	seen, err := client.ArgoprojV1alpha1().Applications("").Watch(ctx, metav1.ListOptions{ResourceVersion: now.ResourceVersion})
	if err != nil {
		return
	}
	for event := range seen.ResultChan() {
		app, ok := event.Object.(*v1alpha1.Application)
		if !ok || app.Annotations[v1alpha1.AnnotationKeyRefresh] == "" {
			continue
		}
		done := app.DeepCopy()
		delete(done.Annotations, v1alpha1.AnnotationKeyRefresh)
		version, _ := strconv.Atoi(app.ResourceVersion)
		done.ResourceVersion = strconv.Itoa(version + 1)
		// A later refresh tries again.
		_, _ = client.ArgoprojV1alpha1().Applications(app.Namespace).Update(ctx, done, metav1.UpdateOptions{})
	}
}
