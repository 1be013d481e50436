#!/bin/sh
# Build the site's pages with Zensical, the other builder, from the same mkdocs.yml, into build/zensical/site.
set -eu
cd "$(dirname "$0")/.."
out=build/zensical
rm -rf "$out/site" "$out/docs" "$out/.cache"
cp -R .journal/docs "$out/docs"
# It has no option for where things stand, so the settings are copied; nothing else in them is changed.
sed -e 's|^docs_dir:.*|docs_dir: docs|' -e 's|^site_dir:.*|site_dir: site|' mkdocs.yml >"$out/mkdocs.yml"
cd "$out"
venv/bin/zensical build --clean >build.log 2>&1 || { cat build.log; exit 1; }
grep -v '^$' build.log | tail -n 20
missing=$(cd docs && find . -name '*.md' | sed -e 's|^\./||' -e 's|\.md$|.html|' | while read -r page; do test -f "../site/$page" || echo "$page"; done)
test -z "$missing" || echo "pages that it does not make, or elsewhere: $(echo "$missing" | wc -l | tr -d ' '), such as $(echo "$missing" | head -n 3 | tr '\n' ' ')"
echo "built $(find site -name '*.html' | wc -l | tr -d ' ') pages: $out/site/index.html"
