// Command libcni runs a CNI network list with the reference library, as container runtimes do.
//
//	libcni add|check|del LIST CONTAINER NETNS INTERFACE PLUGINS CACHE [KEY=VALUE...]
//
// It prints the result of an add as JSON. KEY=VALUE are CNI_ARGS; a KEY that begins with "capability:" is a capability's argument, in JSON.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/containernetworking/cni/libcni"
)

func run(words []string) error {
	list, err := libcni.ConfListFromFile(words[1])
	if err != nil {
		return err
	}
	config := libcni.NewCNIConfigWithCacheDir(filepath.SplitList(words[5]), words[6], nil)
	runtime := &libcni.RuntimeConf{ContainerID: words[2], NetNS: words[3], IfName: words[4], CapabilityArgs: map[string]interface{}{}}
	for _, word := range words[7:] {
		pair := strings.SplitN(word, "=", 2)
		if strings.HasPrefix(pair[0], "capability:") {
			var value interface{}
			if err := json.Unmarshal([]byte(pair[1]), &value); err != nil {
				return err
			}
			runtime.CapabilityArgs[strings.TrimPrefix(pair[0], "capability:")] = value
		} else {
			runtime.Args = append(runtime.Args, [2]string{pair[0], pair[1]})
		}
	}
	ctx := context.Background()
	if _, err := config.ValidateNetworkList(ctx, list); err != nil {
		return err
	}
	switch words[0] {
	case "add":
		result, err := config.AddNetworkList(ctx, list, runtime)
		if err != nil {
			return err
		}
		return result.Print()
	case "check":
		return config.CheckNetworkList(ctx, list, runtime)
	default:
		return config.DelNetworkList(ctx, list, runtime)
	}
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
