# Sourced by the other scripts: one way to say what is wrong and what to do.

fail() {
    echo "kehu: $*" >&2
    exit 1
}

# Kilobytes free where the project lies.
free_kilobytes() { df -Pk . | awk 'NR == 2 { print $4 }'; }

# need_space MEGABYTES WHAT
need_space() {
    local free=$(($(free_kilobytes) / 1024))
    [ "$free" -ge "$1" ] || fail "$free MB are free on this disk and $2 needs about $1 MB: make room and run it again"
}

# Says why a build failed when the compiler's own words would bury it. Its arguments are the build.
build() {
    swift build "$@" && return
    if [ "$(free_kilobytes)" -lt 51200 ]; then
        fail "the disk is full: make room and run it again"
    elif ! swift package resolve >/dev/null 2>&1; then
        fail "the Swift packages could not be fetched: check the network (and HTTPS_PROXY) and run it again"
    fi
    fail "the build failed, see the compiler's messages above: correct them and run it again"
}
