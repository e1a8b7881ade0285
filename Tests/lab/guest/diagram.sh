# shellcheck shell=sh
# The guide's diagram: a VLAN-aware bridge, the nodes on trunks, a router and a site for every VLAN, all in network namespaces.

: "${NODES:=lvsa lvsb}"                # the nodes, in the order of their addresses
: "${SCHEDULER:=rr}"                  # the IPVS scheduler, in the configuration and in IPVS
: "${VLANS:=10 20}"                    # the VLANs; site a is behind the first, site b behind the second
: "${SERVICES:=}"                      # the service stanzas of the configuration; empty for the default ones
VIRTUAL_IP=1.2.3.4

# within NAME COMMAND...: run a command in a network namespace that is no node (switch, router10, site_a, ...).
within() {
    _within=$1
    shift
    nsenter --net="/run/netns/$_within" -- "$@"
}

# node NODE COMMAND...: run a command on a node, with its own network, host name, /etc and /run.
node() {
    _node=$1
    shift
    nsenter --net="/run/netns/$_node" --uts="/run/node/$_node.uts" --mount="/run/node/$_node.mount" -- "$@"
}

# client SITE COMMAND...: run a command on the client machine of site a or b, which has 10.0.0.5 and 10.0.0.6.
client() {
    _client=$1
    shift
    within "site_$_client" "$@"
}

# site_of VLAN: the letter of the site behind a VLAN.
site_of() {
    case $1 in
        10) echo a ;;
        20) echo b ;;
        *) echo "v$1" ;;
    esac
}

# address_of NODE VLAN: the node's primary address on a VLAN.
address_of() {
    _number=3
    for _each in $NODES; do
        [ "$_each" != "$1" ] || break
        _number=$((_number + 1))
    done
    echo "172.16.$2.$_number"
}

# mac_of NODE: the node's MAC address, the guide's for the first two.
mac_of() {
    _number=1
    for _each in $NODES; do
        [ "$_each" != "$1" ] || break
        _number=$((_number + 1))
    done
    echo "00:10:10:10:10:${_number}0"
}

# configuration: print /etc/lvs-overlap.conf for the diagram, its dataplane and its services.
configuration() {
    echo "dataplane $DATAPLANE"
    for _each in $NODES; do echo "node $_each"; done
    if [ -n "$SERVICES" ]; then
        printf '%s\n' "$SERVICES"
    else
        printf '%s\n' "service web" "    address $VIRTUAL_IP" "    tcp 80 443" "    scheduler $SCHEDULER"
    fi
    for _vlan in $VLANS; do
        printf '%s\n' "vlan eth0.$_vlan" "    netmap 10.0.0.0/24 10.0.$_vlan.0/24" \
            "    gateway 172.16.$_vlan.1" "    vip 172.16.$_vlan.2/24"
        for _each in $NODES; do
            echo "    address $_each $(address_of "$_each" "$_vlan")/24"
        done
    done
}

# configure: write the configuration to every node, as configuration prints it now.
configure() {
    configuration > /run/lvs-overlap.conf
    for _each in $NODES; do
        node "$_each" sh -c 'cat > /etc/lvs-overlap.conf' < /run/lvs-overlap.conf
    done
}

# interfaces NODE: print the node's /etc/network/interfaces; like the guide's, with a netmask that reaches the gateway.
interfaces() {
    printf '%s\n' "auto lo" "iface lo inet loopback" "" "auto eth0" "iface eth0 inet manual" \
        "    up ip link set eth0 up; ip addr replace $VIRTUAL_IP/32 dev lo" "    down ip link set eth0 down"
    for _vlan in $VLANS; do
        printf '%s\n' "" "auto eth0.$_vlan" "iface eth0.$_vlan inet static" \
            "    address $(address_of "$1" "$_vlan")" "    netmask 255.255.255.0"
        [ "$_vlan" != 10 ] || echo "    gateway 172.16.10.1"
    done
}

# build_node NODE: a node with a trunk to the bridge, its interfaces not yet up.
build_node() {
    : > "/run/netns/$1"
    : > "/run/node/$1.uts"
    : > "/run/node/$1.mount"
    interfaces "$1" > "/run/node/$1.interfaces"
    unshare --net="/run/netns/$1" --uts="/run/node/$1.uts" --mount="/run/node/$1.mount" -- \
        sh "$LAB/guest/become-node" "$1"
    within switch ip link add "$1" type veth peer name eth0 address "$(mac_of "$1")" netns "/run/netns/$1"
    within switch ip link set "$1" master bridge up
    {
        echo "vlan del dev $1 vid 1"
        for _vlan in $VLANS; do echo "vlan add dev $1 vid $_vlan"; done
    } | within switch bridge -batch -
}

# build_site VLAN: the router's routing context of a VLAN and the site behind it.
build_site() {
    _site=site_$(site_of "$1")
    : > "/run/netns/router$1"
    : > "/run/netns/$_site"
    unshare --net="/run/netns/router$1" -- sysctl -q -w net.ipv4.ip_forward=1
    unshare --net="/run/netns/$_site" -- true
    within switch ip link add "router$1" type veth peer name vlan netns "/run/netns/router$1"
    within switch ip link set "router$1" master bridge up
    printf '%s\n' "vlan del dev router$1 vid 1" "vlan add dev router$1 vid $1 pvid untagged" | within switch bridge -batch -
    within "router$1" ip -batch - <<END
link set lo up
link set vlan up
addr add 172.16.$1.1/24 dev vlan
route add $VIRTUAL_IP/32 via 172.16.$1.2 dev vlan
link add site type veth peer name eth0 netns /run/netns/$_site
link set site up
addr add 10.0.0.1/24 dev site
END
    within "$_site" ip -batch - <<END
link set lo up
link set eth0 up
addr add 10.0.0.5/24 dev eth0
addr add 10.0.0.6/24 dev eth0
route add default via 10.0.0.1
END
}

# build_diagram: everything but the nodes' interfaces, which ifup brings up.
build_diagram() {
    mkdir -p /run/netns /run/node /run/hold
    : > /run/netns/switch
    unshare --net=/run/netns/switch -- ip link add bridge type bridge vlan_filtering 1 vlan_default_pvid 1 mcast_snooping 0
    within switch ip link set bridge up
    for _vlan in $VLANS; do build_site "$_vlan"; done
    for _each in $NODES; do build_node "$_each"; done
    configure
}

# serve [PYTHON-SERVER-OPTION...]: start the application on every node, by default TCP 80 and 443 and UDP 53, and wait for it.
serve() {
    [ $# -gt 0 ] || set -- --tcp 80 --tcp 443 --udp 53
    for _each in $NODES; do serve_on "$_each" "$@"; done
}

# serve_on NODE [PYTHON-SERVER-OPTION...]: the same on one node.
serve_on() {
    _server=$1
    shift
    [ $# -gt 0 ] || set -- --tcp 80 --tcp 443 --udp 53
    node "$_server" rm -f /run/ready
    node "$_server" python3 "$LAB/guest/server.py" --log "/run/served" --ready "/run/ready" "$@" < /dev/null &
    echo $! > "/run/node/$_server.server"
    node "$_server" sh -c 'until [ -e /run/ready ]; do sleep 0.1; done'
}

# stop_serving NODE: end a node's application.
stop_serving() {
    # The process that was started is a shell that waits for it.
    pkill -P "$(cat "/run/node/$1.server")"
}

# render_files NODE: what ifupdown, keepalived, iproute2 and sysctl read on a node, as its own lvs-overlap renders it.
render_files() {
    node "$1" sh -c 'set -e
        printf "%s\n" "source /etc/network/interfaces.d/*" "auto lo" "iface lo inet loopback" > /etc/network/interfaces
        mkdir -p /etc/network/interfaces.d /etc/keepalived /etc/iproute2/rt_tables.d /etc/sysctl.d
        lvs-overlap render interfaces > /etc/network/interfaces.d/lvs-overlap
        lvs-overlap render keepalived > /etc/keepalived/keepalived.conf
        lvs-overlap render defaults > /etc/default/keepalived
        lvs-overlap render rt_tables > /etc/iproute2/rt_tables.d/lvs-overlap.conf
        lvs-overlap render sysctl > /etc/sysctl.d/90-lvs-overlap.conf'
}

# start_keepalived NODE...: as Debian's unit starts it, up to where it has flushed what a stop left in IPVS, if it does so.
# Its words go to a file of the node's name.
start_keepalived() {
    for _each in "$@"; do
        # No virtual service of ours has this fwmark.
        ! flushes "$_each" || node "$_each" ipvsadm -A -f 1 -s rr
        # shellcheck disable=SC2016 # The node's own file says what they are.
        node "$_each" sh -c '. /etc/default/keepalived && exec keepalived --dont-fork --log-console $DAEMON_ARGS' > "/run/node/$_each.keepalived.log" 2>&1 < /dev/null &
        echo $! > "/run/node/$_each.keepalived"
    done
    for _each in "$@"; do
        ! flushes "$_each" || await "keepalived of $_each begins anew" 20 begins_anew "$_each"
    done
}
flushes() { node "$1" grep -q lvs_flush /etc/keepalived/keepalived.conf; }
begins_anew() { ! node "$1" ipvsadm -S -n | grep -q -x -e '-A -f 1 -s rr'; }

# ready_nodes: every node's files as rendered, and its interfaces up.
ready_nodes() {
    for _each in $NODES; do
        expect_success "render on $_each" render_files "$_each"
        expect_success "ifup -a on $_each" node "$_each" ifup -a
    done
}

# ready_nodes_apart: the same, where lvsa is preferred on eth0.10 and lvsb on eth0.20.
ready_nodes_apart() {
    for _each in $NODES; do
        node "$_each" sed -i 's/^vlan eth0.10$/vlan eth0.10\n    prefer lvsa/; s/^vlan eth0.20$/vlan eth0.20\n    prefer lvsb/' \
            /etc/lvs-overlap.conf
    done
    ready_nodes
    # What is waited for here for half a minute proves nothing more.
    for _each in $NODES; do
        node "$_each" sed -i 's/preempt_delay 30/preempt_delay 5/' /etc/keepalived/keepalived.conf
    done
}

# start_pair: keepalived on both nodes that are ready, lvsa as the director.
start_pair() {
    start_keepalived lvsa
    await "lvsa directs" 20 directs lvsa
    start_keepalived lvsb
    await "the pools are whole" 20 pools_are_whole
}

# reload_keepalived NODE: as `systemctl reload keepalived` does.
reload_keepalived() {
    pkill -HUP -P "$(cat "/run/node/$1.keepalived")"
}

# directs NODE [VLAN...]: the node, and no other, has the vips of these VLANs, by default of all.
directs() {
    _director=$1
    shift
    # shellcheck disable=SC2086 # A word for each VLAN.
    [ $# -gt 0 ] || set -- $VLANS
    for _vlan in "$@"; do [ "$(holders "$_vlan")" = "$_director" ] || return 1; done
}

# holders VLAN: the nodes that have a VLAN's vip, in one line.
holders() {
    for _each in $NODES; do
        ! node "$_each" ip -o address show | grep -q -F " 172.16.$1.2/" || echo "$_each"
    done | paste -s -d ' '
}

# believed VLAN: the node that the VLAN's router sends requests to, once it has sent one.
believed() {
    _owner=$(within "router$1" ip neigh show to "172.16.$1.2")
    for _each in $NODES; do
        case $_owner in *"$(mac_of "$_each")"*) echo "$_each" ;; esac
    done
}

# known NODE: the routers send requests to this node.
known() {
    for _vlan in $VLANS; do [ "$(believed "$_vlan")" = "$1" ] || return 1; done
}

# learned NODE: the same, after a request from every site: without one a router learns nothing.
learned() {
    for _vlan in $VLANS; do ask "$(site_of "$_vlan")" tcp 80 --wait 1 > /dev/null; done
    known "$1"
}

# pools_are_whole [NODE...]: these nodes, by default all, send requests of every VLAN to every node.
pools_are_whole() {
    # shellcheck disable=SC2086 # A word for each node.
    [ $# -gt 0 ] || set -- $NODES
    _whole=$(for _vlan in $VLANS; do
        for _each in $NODES; do echo "-a -f $((10000 + _vlan)) -r $(address_of "$_each" "$_vlan"):0 -g -w 1"; done
    done | sort)
    for _pool in "$@"; do
        [ "$(node "$_pool" ipvsadm -S -n | grep '^-a' | sort)" = "$_whole" ] || return 1
    done
}

# served NODE: the application's log on a node, a line per connection and datagram: PROTOCOL CLIENT PORT LOCAL LOCAL-PORT.
served() {
    node "$1" cat /run/served
}

# balance SCHEDULER [SERVICE-NUMBER...]: IPVS on every node, direct routing, one virtual service per VLAN and service number.
balance() {
    _scheduler=$1
    shift
    [ $# -gt 0 ] || set -- 1
    for _vlan in $VLANS; do
        for _service in "$@"; do
            _mark=$((_service * 10000 + _vlan))
            echo "-A -f $_mark -s $_scheduler"
            for _each in $NODES; do echo "-a -f $_mark -r $(address_of "$_each" "$_vlan") -g"; done
        done
    done > /run/ipvs
    for _each in $NODES; do node "$_each" ipvsadm --restore < /run/ipvs; done
}

# take_from_pool NODE REAL-NODE [SERVICE-NUMBER...]: on NODE, remove a real server, as keepalived does when its check fails.
take_from_pool() {
    _at=$1
    _gone=$2
    shift 2
    [ $# -gt 0 ] || set -- 1
    for _vlan in $VLANS; do
        for _service in "$@"; do
            node "$_at" ipvsadm -d -f $((_service * 10000 + _vlan)) -r "$(address_of "$_gone" "$_vlan")"
        done
    done
}

# routed: the VLANs that have a router; a scenario may configure more than the diagram has.
routed() {
    for _vlan in $VLANS; do [ ! -e "/run/netns/router$_vlan" ] || echo "$_vlan"; done
}

# vips VERB: the commands that add or delete every VLAN's VIP, for `ip -batch`.
vips() {
    for _vlan in $(routed); do echo "addr $1 172.16.$_vlan.2/24 dev eth0.$_vlan"; done
}

# direct NODE: make a node the director: it gets every VLAN's VIP and announces it, as keepalived does; the others lose it.
# Returns when the routers know.
direct() {
    for _each in $NODES; do
        [ "$_each" = "$1" ] || vips del | node "$_each" ip -force -batch - 2> /dev/null || true
    done
    vips replace | node "$1" ip -batch -
    for _vlan in $(routed); do
        (node "$1" arping -q -U -c 1 -w 1 -I "eth0.$_vlan" "172.16.$_vlan.2" < /dev/null &)
        while within "router$_vlan" ip neigh show to "172.16.$_vlan.2" nud reachable nud stale nud delay nud probe |
            grep -q -v "$(mac_of "$1")"; do sleep 0.1; done
    done
}

# cut_trunk NODE / mend_trunk NODE: pull the cable between a node and the bridge, and plug it in again.
cut_trunk() {
    within switch ip link set "$1" down
}
mend_trunk() {
    within switch ip link set "$1" up
}

# up_all, down_all: `ifup -a` or `ifdown -a` on every node.
up_all() {
    for _each in $NODES; do node "$_each" ifup -a; done
}
down_all() {
    for _each in $NODES; do node "$_each" ifdown -a; done
}

# start_diagram [SCHEDULER]: the usual beginning: build, ifup -a everywhere, IPVS, the application, lvsa as the director.
start_diagram() {
    build_diagram
    up_all
    balance "${1:-$SCHEDULER}"
    serve
    direct lvsa
}

# stop_keepalived NODE: as systemd stops it: it gives up its vips and says so to the others; IPVS is left to its defaults.
stop_keepalived() {
    pkill -P "$(cat "/run/node/$1.keepalived")"
    while pgrep -P "$(cat "/run/node/$1.keepalived")" > /dev/null; do sleep 0.1; done
}

# kill_keepalived NODE: at once and altogether, so that it can tell nobody and leaves everything as it is.
kill_keepalived() {
    _keepalived=$(pgrep -P "$(cat "/run/node/$1.keepalived")")
    _children=$(pgrep -P "$_keepalived" | paste -s -d ' ')
    # shellcheck disable=SC2086 # A word for each process.
    kill -KILL "$_keepalived" $_children
}
