#!/bin/sh
# Generate a TypeScript client from docs/openapi.yaml and compile it with a few calls, strictly. Needs node and npm.
set -eu
cd "$(dirname "$0")"
npm ci --no-audit --no-fund --silent
npx openapi-typescript ../../docs/openapi.yaml --output generated.d.ts
npx tsc --project tsconfig.json
echo "The client compiles."
