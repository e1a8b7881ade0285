# The commands of daily work; each does all its own set-up on a Debian machine that has a Swift toolchain.

SWIFT ?= swift
PRODUCT := .build/release/lvs-overlap

.PHONY: all check demo bench lint unit lab clean

all: $(PRODUCT)

# SwiftPM knows what is out of date.
.PHONY: $(PRODUCT)
$(PRODUCT):
	$(SWIFT) build --quiet --configuration release --static-swift-stdlib --product lvs-overlap

demo: $(PRODUCT)
	Tests/lab/lab demo

check: lint unit lab

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests
	Tests/lab/lint

unit:
	$(SWIFT) test --quiet

lab: $(PRODUCT)
	Tests/lab/lab run

# GUIDE_HOOK=FILE names the guide's hook script, to be compared with; it is not part of the project.
bench: $(PRODUCT)
	Tests/lab/lab bench

clean:
	rm -rf .build
