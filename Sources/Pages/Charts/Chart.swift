/// Charts drawn by the server: each mark says its value and leads to what it is made of; a table says the same in words.
public enum Chart {
    /// Bars side by side, one group for each label; values may be below zero.
    public static func bars(_ model: ChartModel, in context: PageContext) -> HTML {
        let scale = ChartScale(model.series.flatMap(\.values), isWide: model.isWide)
        let slot = scale.room / Double(max(1, model.labels.count))
        let width = min(40, slot * 0.75 / Double(max(1, model.series.count)))
        let marks = HTML.each(model.series.enumerated()) { number, series in
            HTML.each(series.values.enumerated()) { place, value in
                let middle = ChartScale.left + slot * (Double(place) + 0.5)
                let start = middle - width * Double(model.series.count) / 2 + width * Double(number)
                return bar(model, series, place, value, x: start, width: width, from: 0, scale)
            }
        }
        return figure(model, scale, slot, marks, context)
    }

    /// Bars on top of each other; what is below zero hangs below the line.
    public static func stacked(_ model: ChartModel, in context: PageContext) -> HTML {
        let sums = model.labels.indices.flatMap { place in
            let values = model.series.map { $0.values.indices.contains(place) ? $0.values[place] : 0 }
            return [values.filter { $0 > 0 }.reduce(0, +), values.filter { $0 < 0 }.reduce(0, +)]
        }
        let scale = ChartScale(sums, isWide: model.isWide)
        let slot = scale.room / Double(max(1, model.labels.count))
        let width = min(48, slot * 0.7)
        let marks = HTML.each(model.labels.indices) { place in
            var (above, below) = (0.0, 0.0)
            return HTML.each(model.series) { series in
                let value = series.values.indices.contains(place) ? series.values[place] : 0
                let base = value < 0 ? below : above
                if value < 0 { below += value } else { above += value }
                let x = ChartScale.left + slot * (Double(place) + 0.5) - width / 2
                return bar(model, series, place, value, x: x, width: width, from: base, scale)
            }
        }
        return figure(model, scale, slot, marks, context)
    }

    /// Lines over the labels; `isFilled` down to the line of zero.
    public static func line(_ model: ChartModel, isFilled: Bool = false, in context: PageContext) -> HTML {
        let scale = ChartScale(model.series.flatMap(\.values), isWide: model.isWide)
        let slot = scale.room / Double(max(1, model.labels.count))
        let areas = HTML.when(isFilled, HTML.each(model.series) { area($0, slot, scale) })
        let marks = HTML.each(model.series) { curve($0, model, slot, scale) }
        return figure(model, scale, slot, areas + marks, context)
    }

    private static func area(_ series: ChartSeries, _ slot: Double, _ scale: ChartScale) -> HTML {
        let points = series.values.enumerated().filter { $0.element.isFinite }.map { place, value in
            (x: text(ChartScale.left + slot * (Double(place) + 0.5)), y: text(scale.y(value)))
        }
        guard let first = points.first, let last = points.last else { return .empty }
        let (path, floor) = (points.map { "\($0.x),\($0.y)" }.joined(separator: " "), text(scale.y(0)))
        return """
            <polygon class="k-chart-area k-tone-\(series.tone)" points="\(first.x),\(floor) \(path) \(last.x),\(floor)"/>
            """
    }

    /// Bars from the largest down, with a line for the share that they reach together (values 0 to 100).
    public static func pareto(_ model: ChartModel, reached: [Double], in context: PageContext) -> HTML {
        let scale = ChartScale(model.series.flatMap(\.values), isWide: model.isWide)
        let slot = scale.room / Double(max(1, model.labels.count))
        let width = min(48, slot * 0.7)
        let marks = HTML.each(model.series.prefix(1)) { series in
            HTML.each(series.values.enumerated()) { place, value in
                let x = ChartScale.left + slot * (Double(place) + 0.5) - width / 2
                return bar(model, series, place, value, x: x, width: width, from: 0, scale)
            }
        }
        let room = ChartScale.height - ChartScale.top - ChartScale.bottom
        let points = reached.enumerated().map { place, share in
            let y = ChartScale.top + room * (100 - min(100, max(0, share))) / 100
            return "\(text(ChartScale.left + slot * (Double(place) + 0.5))),\(text(y))"
        }
        let line: HTML = "<polyline class=\"k-chart-line k-tone-4\" points=\"\(points.joined(separator: " "))\"/>"
        return figure(model, scale, slot, marks + line, context)
    }

    /// A curve over many places, filled to the line of zero: profit added up from the best customer to the worst.
    public static func whale(_ model: ChartModel, in context: PageContext) -> HTML {
        let scale = ChartScale(model.series.flatMap(\.values), isWide: model.isWide)
        let count = Double(max(1, model.labels.count - 1))
        let marks = HTML.each(model.series.prefix(1)) { series in
            let points = series.values.enumerated().map { place, value in
                (x: ChartScale.left + scale.room * Double(place) / count, y: scale.y(value))
            }
            let path = points.map { "\(text($0.x)),\(text($0.y))" }.joined(separator: " ")
            let floor = text(scale.y(0))
            let (first, last) = (text(points.first?.x ?? 0), text(points.last?.x ?? 0))
            let dots = HTML.each(points.enumerated().filter { shown($0.offset, series.values) }) { place, point in
                dot(model, series, place, x: point.x, y: point.y)
            }
            return """
                <polygon class="k-chart-area" points="\(first),\(floor) \(path) \(last),\(floor)"/>\
                <polyline class="k-chart-line k-tone-1" points="\(path)"/>\(dots)
                """
        }
        return figure(model, scale, nil, marks, context)
    }

    /// The highest and the last point, and every tenth between.
    private static func shown(_ place: Int, _ values: [Double]) -> Bool {
        let step = max(1, values.count / 10)
        let peak = values.indices.max { values[$0] < values[$1] }
        return place == peak || place == values.count - 1 || place % step == 0
    }

    // MARK: Marks

    private static func bar(
        _ model: ChartModel,
        _ series: ChartSeries,
        _ place: Int,
        _ value: Double,
        x: Double,
        width: Double,
        from base: Double,
        _ scale: ChartScale
    ) -> HTML {
        guard value.isFinite, value != 0 else { return .empty }
        let (start, end) = (scale.y(base), scale.y(base + value))
        let mark: HTML = """
            <rect class="k-tone-\(series.tone)" x="\(text(x))" y="\(text(min(start, end)))" width="\(text(max(1, width - 1)))" \
            height="\(text(max(1, abs(end - start))))"><title>\(said(model, series, place, value))</title></rect>
            """
        return linked(mark, model.link(series, place))
    }

    private static func curve(_ series: ChartSeries, _ model: ChartModel, _ slot: Double, _ scale: ChartScale) -> HTML {
        let points = series.values.enumerated().filter { $0.element.isFinite }.map { place, value in
            (place: place, x: ChartScale.left + slot * (Double(place) + 0.5), y: scale.y(value))
        }
        let path = points.map { "\(text($0.x)),\(text($0.y))" }.joined(separator: " ")
        let dots = HTML.each(points) { dot(model, series, $0.place, x: $0.x, y: $0.y) }
        return "<polyline class=\"k-chart-line k-tone-\(series.tone)\" points=\"\(path)\"/>\(dots)"
    }

    private static func dot(_ model: ChartModel, _ series: ChartSeries, _ place: Int, x: Double, y: Double) -> HTML {
        let mark: HTML = """
            <circle class="k-tone-\(series.tone)" cx="\(text(x))" cy="\(text(y))" r="4"><title>\
            \(said(model, series, place, series.values[place]))</title></circle>
            """
        return linked(mark, model.link(series, place))
    }

    static func said(_ model: ChartModel, _ series: ChartSeries, _ place: Int, _ value: Double) -> String {
        let label = model.labels.indices.contains(place) ? model.labels[place] : ""
        return [label, series.name, model.format(value)].filter { !$0.isEmpty }.joined(separator: " · ")
    }

    static func linked(_ mark: HTML, _ address: String?) -> HTML {
        guard let address else { return mark }
        return "<a\(href: address)>\(mark)</a>"
    }

    /// A number with one decimal, as drawings take it.
    static func text(_ value: Double) -> String {
        let tenths = Int((min(1e6, max(-1e6, value)) * 10).rounded())
        return "\(tenths / 10)" + (tenths % 10 == 0 ? "" : ".\(abs(tenths % 10))")
    }
}
