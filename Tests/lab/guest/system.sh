# shellcheck shell=sh
# shellcheck disable=SC2016
# A node's own programs: what dpkg installs and removes on one node, the other does not see.

# own_system NODE...: give nodes a /usr and /var of their own, which begin as the guest's. Their /etc is their own anyway.
own_system() {
    for _each in "$@"; do
        node "$_each" sh -c 'mkdir -p /mnt/own && mount -t tmpfs own /mnt/own && for part in usr var; do
            mkdir -p "/mnt/own/$part" "/mnt/own/work.$part"
            mount -t overlay -o "lowerdir=/$part,upperdir=/mnt/own/$part,workdir=/mnt/own/work.$part" overlay "/$part" || exit
        done'
    done
}

# install_ifupdown IMPLEMENTATION NODE...: ifupdown, ifupdown2 or ifupdown-ng on nodes that have a system of their own.
install_ifupdown() {
    _implementation=$1
    shift
    [ "$_implementation" != ifupdown ] || return 0
    for _each in "$@"; do
        node "$_each" sh -c 'cp /etc/network/interfaces /run/interfaces
            dpkg --force-depends --remove ifupdown && dpkg --install /packages/'"$_implementation"'[_-]*.deb
            cp /run/interfaces /etc/network/interfaces' > /run/dpkg.log 2>&1 || {
            cat /run/dpkg.log
            return 1
        }
    done
}
