# The commands of daily work; each does all its own set-up on a Debian machine that has a Swift toolchain.

SWIFT ?= swift
PRODUCT := .build/release/lvs-overlap

# A hook runs for every interface, so most of what it costs is its start. As a static position-independent executable it
# is loaded in 0.1 ms instead of 1.1 ms, and runs on any release of Debian: no symbols are looked up, and packed relative
# relocations (which take lld) touch few pages. With direct metadata accessors the compiler names the types it needs,
# instead of having the runtime search for them by name.
RELEASE := --configuration release --static-swift-stdlib --disable-local-rpath \
	-Xswiftc -Xfrontend -Xswiftc -disable-concrete-type-metadata-mangled-name-accessors \
	-Xswiftc -use-ld=lld -Xswiftc -Xclang-linker -Xswiftc -static-pie \
	-Xswiftc -Xclang-linker -Xswiftc -Wno-unused-command-line-argument \
	-Xlinker -z -Xlinker now -Xlinker -z -Xlinker pack-relative-relocs -Xlinker --no-export-dynamic \
	-Xlinker --build-id=sha1 \
	-Xswiftc -file-prefix-map -Xswiftc $(CURDIR)=.

.PHONY: all check demo bench deb lint unit package lab clean

all: $(PRODUCT)

# SwiftPM knows what is out of date.
.PHONY: $(PRODUCT)
$(PRODUCT):
	$(SWIFT) build --quiet $(RELEASE) --product lvs-overlap

# The Debian package: .build/deb/lvs-overlap_VERSION_ARCHITECTURE.deb.
deb:
	Tests/lab/make-deb

demo: $(PRODUCT)
	Tests/lab/lab demo

check: lint unit lab

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests
	Tests/lab/lint

unit:
	$(SWIFT) test --quiet

# The package's form; what it does, the lab shows.
package:
	DEB_BUILD_OPTIONS=nocheck Tests/lab/make-deb --next
	Tests/lab/lintian

lab: package
	Tests/lab/check

# GUIDE_HOOK=FILE names the guide's hook script, to be compared with; it is not part of the project.
bench: $(PRODUCT)
	Tests/lab/lab bench

clean:
	rm -rf .build
