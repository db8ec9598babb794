package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"golang.org/x/crypto/bcrypt"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// controlPlane is what Argo CD keeps in its namespace, and the administrator's password.
func controlPlane(w *world, authority *authority, o options) ([]runtime.Object, string, error) {
	key, err := random()
	if err != nil {
		return nil, "", err
	}
	password, err := random()
	if err != nil {
		return nil, "", err
	}
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcryptCost)
	if err != nil {
		return nil, "", err
	}
	certificate, err := authority.leaf("localhost", "127.0.0.1")
	if err != nil {
		return nil, "", err
	}
	settings := map[string]string{
		"url":                                "https://argocd.example.com",
		"application.resourceTrackingMethod": "annotation",
		"users.session.duration":             o.session.String(),
		"statusbadge.enabled":                "true",
		"application.links":                  "- title: Grafana\n  url: https://grafana.example.com/d/argocd?var-app={{.app.metadata.name}}\n  icon.class: fa-chart-line\n",
		"resource.customizations.health.databases.example.com_PostgresCluster": "hs = {}\nhs.status = obj.status.phase.name\nhs.message = obj.status.phase.text\nreturn hs\n",
	}
	secret := map[string][]byte{
		"server.secretkey": []byte(key), "admin.password": hash, "admin.passwordMtime": past(),
		"tls.crt": certificate.chain, "tls.key": certificate.key,
	}
	for name, text := range w.ignored {
		settings["resource.customizations.ignoreResourceUpdates."+name] = text
	}
	rights, err := withAccounts(settings, secret, policy, o.accounts)
	if err != nil {
		return nil, "", err
	}
	objects := []runtime.Object{
		configMap("argocd-cm", settings),
		configMap("argocd-rbac-cm", map[string]string{"policy.csv": rights}),
		configMap("argocd-tls-certs-cm", nil), configMap("argocd-ssh-known-hosts-cm", nil),
		configMap("argocd-gpg-keys-cm", nil), configMap("argocd-notifications-cm", nil),
		secretOf("argocd-secret", "", nil, secret),
	}
	objects = append(objects, clusterSecrets(w.clusters, authority)...)
	objects = append(objects, repositorySecrets(w.repositories)...)
	for i := range w.events {
		objects = append(objects, &w.events[i])
	}
	return objects, password, nil
}

func configMap(name string, data map[string]string) *corev1.ConfigMap {
	return &corev1.ConfigMap{ObjectMeta: metaOf(name, "", nil), Data: data}
}

func secretOf(name, kind string, annotations map[string]string, data map[string][]byte) *corev1.Secret {
	return &corev1.Secret{ObjectMeta: metaOf(name, kind, annotations), Data: data}
}

// metaOf carries the label that Argo CD filters by: of its own settings, or of what an administrator declares.
func metaOf(name, secretType string, annotations map[string]string) metav1.ObjectMeta {
	labels := map[string]string{"app.kubernetes.io/part-of": "argocd"}
	if secretType != "" {
		labels = map[string]string{"argocd.argoproj.io/secret-type": secretType}
	}
	return metav1.ObjectMeta{Name: name, Namespace: namespace, Labels: labels, Annotations: annotations}
}

// clusterSecrets are the recorded clusters; the one that Argo CD runs in needs none.
func clusterSecrets(clusters []v1alpha1.Cluster, authority *authority) []runtime.Object {
	var objects []runtime.Object
	for _, cluster := range clusters {
		if cluster.Server == v1alpha1.KubernetesInternalAPIServerAddr {
			continue
		}
		config, _ := json.Marshal(v1alpha1.ClusterConfig{TLSClientConfig: v1alpha1.TLSClientConfig{CAData: authority.pem}})
		data := map[string][]byte{"name": []byte(cluster.Name), "server": []byte(cluster.Server), "config": config}
		if len(cluster.Namespaces) > 0 {
			data["namespaces"] = []byte(strings.Join(cluster.Namespaces, ","))
		}
		if cluster.Project != "" {
			data["project"] = []byte(cluster.Project)
		}
		secret := secretOf("cluster-"+cluster.Name, "cluster", cluster.Annotations, data)
		for name, value := range cluster.Labels {
			secret.Labels[name] = value
		}
		objects = append(objects, secret)
	}
	return objects
}

// repositorySecrets are the recorded repositories. Those that inherit credentials get a template to inherit from.
func repositorySecrets(repositories []v1alpha1.Repository) []runtime.Object {
	var objects []runtime.Object
	templates := map[string]bool{}
	for i, repository := range repositories {
		data := map[string][]byte{"type": []byte(repository.Type), "url": []byte(repository.Repo), "name": []byte(repository.Name)}
		if repository.Project != "" {
			data["project"] = []byte(repository.Project)
		}
		if repository.Proxy != "" {
			data["proxy"] = []byte(repository.Proxy)
		}
		if repository.InheritedCreds {
			templates[repository.Repo[:strings.LastIndex(repository.Repo, "/")+1]] = true
		} else {
			// Credentials of its own: without any it would inherit those of a template.
			data["username"], data["password"] = []byte("ci-bot"), []byte("CANARY-repository-password")
		}
		objects = append(objects, secretOf(fmt.Sprintf("repository-%d", i), "repository", nil, data))
	}
	for url := range templates {
		data := map[string][]byte{"type": []byte("git"), "url": []byte(url), "username": []byte("ci-bot"), "password": []byte("CANARY-template-password")}
		objects = append(objects, secretOf(fmt.Sprintf("template-%d", len(objects)), "repo-creds", nil, data))
	}
	return objects
}
