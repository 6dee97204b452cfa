// The validating webhook of kthena's ModelServing alone, on loopback, built inside kthena's module:
// kthena's own program takes its credentials from a pod's file system.
package main

import (
	"flag"
	"net/http"

	"github.com/volcano-sh/kthena/pkg/model-serving-controller/webhook"
)

func main() {
	address := flag.String("address", "", "the address to listen on")
	certificate := flag.String("certificate", "", "the file of the certificate")
	key := flag.String("key", "", "the file of its key")
	flag.Parse()
	http.HandleFunc("/modelserving", webhook.NewModelServingValidator().Handle)
	panic(http.ListenAndServeTLS(*address, *certificate, *key, nil))
}
