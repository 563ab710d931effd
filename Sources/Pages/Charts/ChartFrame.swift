import Values

extension Chart {
    /// The drawing with its axes, its legend and its table.
    static func figure(
        _ model: ChartModel,
        _ scale: ChartScale,
        _ slot: Double?,
        _ marks: HTML,
        _ context: PageContext
    ) -> HTML {
        // On a phone the drawing is wider than the page: who uses keys must be able to move it.
        let hasLinks = model.series.contains { $0.links.contains { $0 != nil } }
        let legend = HTML.when(model.series.count > 1, self.legend(model.series.map { ($0.name, $0.tone, nil) }))
        return """
            <figure class="k-chart\(model.isWide ? " k-chart-wide" : "")"><figcaption>\(model.title)</figcaption>\(legend)\
            <div class="k-chart-plot"\(attribute: "tabindex", hasLinks ? nil : "0")><svg viewBox="0 0 \(text(scale.width)) 240" role="group" \
            aria-label="\(model.title)">\(grid(model, scale))\(marks)\(names(model, slot, scale))</svg></div>\(table(model, context))</figure>
            """
    }

    /// The names of the colours, each with where it leads.
    static func legend(_ entries: [(name: String, tone: Int, href: String?)]) -> HTML {
        let items = HTML.each(entries) { entry in
            """
            <li><svg viewBox="0 0 10 10" aria-hidden="true"><rect class="k-tone-\(entry.tone)" width="10" height="10"/></svg>\
            \(entry.href.map { "<a\(href: $0)>\(entry.name)</a>" } ?? HTML(text: entry.name))</li>
            """
        }
        return "<ul class=\"k-chart-legend\">\(items)</ul>"
    }

    private static func grid(_ model: ChartModel, _ scale: ChartScale) -> HTML {
        let right = text(scale.width - ChartScale.right)
        return HTML.each(scale.ticks) { tick in
            let y = text(scale.y(tick))
            return """
                <line class="\(abs(tick) < 1e-9 ? "k-chart-zero" : "k-chart-grid")" x1="64" x2="\(right)" y1="\(y)" y2="\(y)"/>\
                <text class="k-chart-tick" x="60" y="\(y)" dy="4" text-anchor="end">\(model.format(tick))</text>
                """
        }
    }

    /// As many labels as there is room for.
    private static func names(_ model: ChartModel, _ slot: Double?, _ scale: ChartScale) -> HTML {
        let width = slot ?? scale.room / Double(max(1, model.labels.count - 1))
        let longest = model.labels.map(\.count).max() ?? 1
        let room = min(10, longest)
        let step = max(1, Int((Double(room) * 9 / max(1, width)).rounded(.up)))
        return HTML.each(model.labels.enumerated().filter { $0.offset % step == 0 }) { place, label in
            let x = ChartScale.left + width * (Double(place) + (slot == nil ? 0 : 0.5))
            let short = label.count > 10 ? String(label.prefix(9)) + "…" : label
            return "<text class=\"k-chart-tick\" x=\"\(text(x))\" y=\"226\" text-anchor=\"middle\">\(short)</text>"
        }
    }

    static func table(_ model: ChartModel, _ context: PageContext) -> HTML {
        """
        <details class="k-chart-data"><summary>\(context(ChartTexts.figures))</summary>\(figures(model, context))</details>
        """
    }

    /// The figures alone, for who asks for a table.
    static func figures(_ model: ChartModel, _ context: PageContext) -> HTML {
        let head = HTML.each(model.series) { "<th scope=\"col\" class=\"k-end\">\($0.name)</th>" }
        let rows = HTML.each(model.labels.enumerated().prefix(400)) { place, label in
            let cells = HTML.each(model.series) { series in
                let value = series.values.indices.contains(place) ? model.format(series.values[place]) : ""
                let shown: HTML =
                    if series.links.indices.contains(place), let address = series.links[place] {
                        "<a\(href: address)>\(value)</a>"
                    } else { HTML(text: value) }
                return "<td class=\"k-end k-num\">\(shown)</td>"
            }
            let name: HTML =
                if let address = model.link(place) { "<a\(href: address)>\(label)</a>" } else { HTML(text: label) }
            return "<tr><th scope=\"row\">\(name)</th>\(cells)</tr>"
        }
        return """
            <div class="k-scroll" tabindex="0" role="region" aria-label="\(model.title)"><table class="k-table k-report-table">\
            <thead><tr><th scope="col">\(model.axis)</th>\(head)</tr></thead><tbody>\(rows)</tbody></table></div>
            """
    }
}

/// The words of charts.
enum ChartTexts {
    static let figures = Label("Figures", zh: "查看数据")
}
