# shellcheck shell=sh
# shellcheck disable=SC2016
# What every implementation of ifupdown must do for the installed hook: the same steps for ifupdown, ifupdown2, ifupdown-ng.

# served_now VLAN...: both nodes answer the clients behind these VLANs, and tell them apart.
served_now() {
    for _vlan in "$@"; do
        expect_equal "$step: site $(site_of "$_vlan") is served" "2 lvsa 10.0.$_vlan.5
2 lvsb 10.0.$_vlan.5" "$(who "$(ask "$(site_of "$_vlan")" tcp 80 --count 4 --wait 5)")"
    done
}

# ours NODE: whatever of ours is in a node's kernel or in /run.
ours() {
    node "$1" sh -c 'ip rule show; ip route show table all; nft list ruleset; ls /run/lvs-overlap
        for device in /sys/class/net/*; do
            tc qdisc show dev "${device##*/}"; tc filter show dev "${device##*/}" ingress
        done' 2> /dev/null | grep -E 'proto 143|lvs-overlap|pref 143|clsact|lookup [12]00[0-9][0-9]|eth0\.' |
        grep -v -E 'dev eth0\.[0-9]+ proto kernel|^default via [^ ]* dev eth0\.[0-9]+ (onlink|metric [0-9]+)? *$' || true
}

# prove_ifupdown IMPLEMENTATION: the whole scenario.
prove_ifupdown() {
    build_diagram
    own_system lvsa lvsb
    install_ifupdown "$1" lvsa lvsb
    expect_equal "the installed implementation" "$1" \
        "$(node lvsa dpkg-query --show --showformat '${Package} ${db:Status-Status}\n' ifupdown ifupdown2 ifupdown-ng 2> /dev/null |
            sed -n 's/ installed$//p')"
    # inet and inet6 stanzas together are two full cycles for some and one for others.
    for _each in $NODES; do
        node "$_each" sysctl -q -w net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0
        printf '%s\n' "" "iface eth0.20 inet6 static" "    address 2001:db8:20::$(address_of "$_each" 20 | cut -d . -f 4)/64" |
            node "$_each" sh -c 'cat >> /etc/network/interfaces'
    done

    step="boot"
    for _each in $NODES; do expect_success "$step: ifup -a on $_each" node "$_each" ifup -a; done
    balance rr
    serve
    direct lvsa
    served_now 10 20
    expect_match "$step: the address of the inet6 stanza" ".*2001:db8:20::3/64.*" \
        "$(node lvsa ip -6 -o address show dev eth0.20 scope global)"

    step="ifdown and ifup by hand"
    expect_success "$step: ifdown eth0.10" node lvsb ifdown eth0.10
    expect_equal "$step: what is left of eth0.10" "" "$(ours lvsb | grep 'eth0\.10\|143.*10\.0\.10\.')"
    served_now 20
    expect_success "$step: ifup eth0.10" node lvsb ifup eth0.10
    served_now 10 20

    if [ "$1" = ifupdown2 ]; then
        step="ifreload -a"
        expect_success "$step, nothing edited" node lvsb ifreload -a
        served_now 10 20
        node lvsb sed -i '/^auto eth0.10/d; /^iface eth0.10/,/^$/d' /etc/network/interfaces
        expect_success "$step, eth0.10 taken out" node lvsb ifreload -a
        expect_equal "$step, eth0.10 taken out: what is left of it" "" "$(ours lvsb | grep 'eth0\.10\|143.*10\.0\.10\.')"
        served_now 20
        printf '%s\n' "" "auto eth0.10" "iface eth0.10 inet static" "    address $(address_of lvsb 10)/24" |
            node lvsb sh -c 'cat >> /etc/network/interfaces'
        expect_success "$step, eth0.10 put back" node lvsb ifreload -a
        served_now 10 20
    else
        step="ifdown --force without the device"
        up=ifup
        node lvsb ip link del eth0.10
        if ! node lvsb ifdown --force eth0.10; then
            # ifupdown-ng 0.12 gives up at a missing device before it calls any hook, and holds the interface for up.
            expect_equal "$step: who gives up" "ifupdown-ng" "$1"
            expect_success "$step: lvs-overlap stop" node lvsb lvs-overlap stop eth0.10
            up="ifup --force"
        fi
        expect_equal "$step: what is left of eth0.10" "" "$(ours lvsb | grep 'eth0\.10\|143.*10\.0\.10\.')"
        # shellcheck disable=SC2086 # A command and its option.
        expect_success "$step: $up eth0.10" node lvsb $up eth0.10
        served_now 10 20
    fi

    step="ifdown -a"
    for _each in $NODES; do
        expect_success "$step on $_each" node "$_each" ifdown -a
        expect_equal "$step: what is left on $_each" "" "$(ours "$_each")"
    done

    prove_rendered
}

# prove_rendered: the interfaces as rendered come up and go down, on a node that has been up and down once.
prove_rendered() {
    step="as rendered"
    # A label that must not make its comment go on in the next line.
    node lvsa sed -i 's/^vlan eth0\.20$/&\n    site "Remote B\\"/' /etc/lvs-overlap.conf
    expect_success "$step: render" render_files lvsa
    # ifupdown-ng knows no patterns after source, and ifupdown2 no source-directory.
    node lvsa sed -i 's,^source .*,source /etc/network/interfaces.d/lvs-overlap,' /etc/network/interfaces
    expect_equal "$step: what ifup -a says" "" "$(node lvsa ifup -a 2>&1 || echo "exit status $?")"
    expect_equal "$step: addresses" "lo $VIRTUAL_IP/32
eth0.10 172.16.10.3/24
eth0.20 172.16.20.3/24" "$(node lvsa ip -4 -o address show scope global | awk '{ print $2, $4 }')"
    expect_match "$step: the trunk" ".*[<,]UP[,>].*" "$(node lvsa ip -o link show dev eth0)"
    expect_equal "$step: what is left to do" "" "$(node lvsa lvs-overlap start --no-act --all 2>&1)"
    expect_equal "$step: what ifdown -a says" "" "$(node lvsa ifdown -a 2>&1 || echo "exit status $?")"
    expect_equal "$step: addresses after ifdown -a" "" "$(node lvsa ip -4 -o address show scope global)"
    expect_equal "$step: what is left after ifdown -a" "" "$(ours lvsa)"
}
