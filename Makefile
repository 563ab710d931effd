# Each goal is one line into scripts/. `make run ARGS="--port 8090"` hands arguments on.

.PHONY: run test bench deb format lint screenshots

run:
	@scripts/run $(ARGS)

test:
	@scripts/test

bench:
	@scripts/bench $(ARGS)

deb:
	@scripts/deb

format:
	@swift format --in-place --recursive --parallel Package.swift Sources Tests

lint:
	@swift format lint --strict --recursive --parallel Package.swift Sources Tests

screenshots:
	@scripts/screenshots $(ARGS)
