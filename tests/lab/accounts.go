package main

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"golang.org/x/crypto/bcrypt"
)

// The accounts of the recordings and what they may do, as the recordings show it.
const policy = `
p, role:storefront-viewer, applications, get, storefront/*, allow
p, role:storefront-viewer, applicationsets, get, storefront/*, allow
p, role:storefront-viewer, projects, get, storefront, allow
g, viewer, role:storefront-viewer
g, ci, role:readonly
`

// recordedAccounts have an API key from the start; what they log in with is nobody's secret.
var recordedAccounts = map[string]string{"ci": "not-the-password", "viewer": "not-the-password", "nobody": "not-the-password", "oncall": "not-the-password"}

// bcryptCost is the least there is: a test waits for logins.
const bcryptCost = 4

// withAccounts adds accounts to the settings, their passwords to the secret and their rights to the policy.
func withAccounts(settings map[string]string, secret map[string][]byte, policy string, chosen accountList) (string, error) {
	all := map[string]string{}
	for name, password := range recordedAccounts {
		all[name] = password
	}
	var rights strings.Builder
	rights.WriteString(policy)
	for name, password := range chosen {
		all[name] = password
		if _, recorded := recordedAccounts[name]; !recorded {
			fmt.Fprintf(&rights, "g, %s, role:readonly\n", name)
		}
	}
	for name, password := range all {
		hash, err := bcrypt.GenerateFromPassword([]byte(password), bcryptCost)
		if err != nil {
			return "", err
		}
		settings["accounts."+name] = "apiKey, login"
		secret["accounts."+name+".password"] = hash
		secret["accounts."+name+".passwordMtime"] = past()
	}
	return rights.String(), nil
}

// past is before every token: one that is older than its password is refused.
func past() []byte { return []byte(time.Now().Add(-time.Hour).UTC().Format(time.RFC3339)) }

// random is a password or key of this run.
func random() (string, error) {
	bytes := make([]byte, 24)
	if _, err := rand.Read(bytes); err != nil {
		return "", err
	}
	return hex.EncodeToString(bytes), nil
}
