import Values

extension Chart {
    /// A ring of the parts of a whole: the first row of values. Parts below zero have no place in it.
    public static func donut(_ model: ChartModel, in context: PageContext) -> HTML {
        guard let series = model.series.first else { return .empty }
        let values = series.values.map { $0.isFinite ? max(0, $0) : 0 }
        let whole = values.reduce(0, +)
        guard whole > 0 else { return frame(model, "", legend: .empty, context) }
        var start = 0.0
        let marks = HTML.each(values.enumerated()) { place, value -> HTML in
            guard value > 0 else { return .empty }
            let share = value / whole
            defer { start += share }
            // A ring of the circumference 100: a dash as long as the share, turned to where it begins.
            let ring = Ring(share: share, start: start, tone: tone(place, of: values.count))
            let text = said(model, series, place, value) + " · " + percent(share)
            return linked(ring.mark(text), model.link(series, place))
        }
        let names = model.labels.enumerated().map { place, label in
            let share = place < values.count ? values[place] / whole : 0
            return (
                name: label + " · " + percent(share), tone: tone(place, of: values.count),
                href: model.link(series, place)
            )
        }
        let total: HTML = """
            <text class="k-chart-whole" x="21" y="21" dy="1.6" text-anchor="middle">\(model.format(whole))</text>
            """
        let drawing: HTML = """
            <svg class="k-donut" viewBox="0 0 42 42" role="group" aria-label="\(model.title)">\(marks)\(total)</svg>
            """
        return frame(model, "<div class=\"k-donut-row\">\(drawing)\(legend(names))</div>", legend: .empty, context)
    }

    private struct Ring {
        let share: Double
        let start: Double
        let tone: Int

        func mark(_ text: String) -> HTML {
            let length = Chart.hundredths(max(0.4, share * 100 - 0.6))
            let offset = Chart.hundredths(25 - start * 100)
            return """
                <circle class="k-ring-\(tone)" cx="21" cy="21" r="15.9155" fill="none" stroke-width="6" \
                stroke-dasharray="\(length) 100" stroke-dashoffset="\(offset)"><title>\(text)</title></circle>
                """
        }
    }

    /// Steps one below the other, each as wide as its value, with the share of the step before.
    public static func funnel(_ model: ChartModel, in context: PageContext) -> HTML {
        guard let series = model.series.first else { return .empty }
        let values = series.values.map { $0.isFinite ? max(0, $0) : 0 }
        let widest = values.max() ?? 0
        let steps = HTML.each(model.labels.enumerated()) { place, label -> HTML in
            let value = place < values.count ? values[place] : 0
            let width = widest > 0 ? max(0.4, value / widest * 100) : 0
            let before = place > 0 && values[place - 1] > 0 ? percent(value / values[place - 1]) : ""
            let mark: HTML = """
                <rect class="k-tone-1" x="\(text(50 - width / 2))" width="\(text(width))" y="0" height="10"><title>\
                \(said(model, series, place, value))</title></rect>
                """
            let name: HTML =
                model.link(series, place).map { "<a\(href: $0)>\(label)</a>" } ?? HTML(text: label)
            return """
                <li><span>\(name)</span><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">\(mark)</svg>\
                <b class="k-num">\(model.format(value))</b><small class="k-num">\(before)</small></li>
                """
        }
        return frame(model, "<ol class=\"k-funnel\">\(steps)</ol>", legend: .empty, context)
    }

    /// A drawing that has no axes, with its table.
    private static func frame(_ model: ChartModel, _ drawing: HTML, legend: HTML, _ context: PageContext) -> HTML {
        """
        <figure class="k-chart"><figcaption>\(model.title)</figcaption>\(legend)\(drawing)\(table(model, context))</figure>
        """
    }

    /// Five colours, then grey for all that is smaller.
    private static func tone(_ place: Int, of count: Int) -> Int { place < 5 ? place + 1 : 6 }

    private static func percent(_ share: Double) -> String { text(share * 100) + "%" }

    static func hundredths(_ value: Double) -> String {
        let number = Int((value * 100).rounded())
        let (whole, rest) = (abs(number) / 100, abs(number) % 100)
        return (number < 0 ? "-" : "") + "\(whole).\(rest < 10 ? "0" : "")\(rest)"
    }
}
