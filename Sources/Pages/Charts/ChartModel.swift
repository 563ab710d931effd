/// One row of values of a chart.
public struct ChartSeries: Sendable {
    /// The name.
    public var name: String
    /// One value per label.
    public var values: [Double]
    /// The colour, 1 to 6; 6 is grey.
    public var tone: Int
    /// Where each value leads, as many as values or none; before where its place leads.
    public var links: [String?]

    /// A row of values.
    public init(_ name: String, _ values: [Double], tone: Int = 1, links: [String?] = []) {
        self.name = name
        self.values = values
        self.tone = min(6, max(1, tone))
        self.links = links
    }
}

/// What a chart shows. The same figures stand in a table beside it.
public struct ChartModel: Sendable {
    /// What it shows, for everybody and for screen readers.
    public var title: String
    /// What the labels are, such as «Month»: the heading of the table's first column.
    public var axis: String
    /// One label for each place.
    public var labels: [String]
    /// The rows of values.
    public var series: [ChartSeries]
    /// Where each place leads; nil for nowhere. As many as labels, or none.
    public var links: [String?]
    /// A value as people read it.
    public var format: @Sendable (Double) -> String
    /// True for a drawing over the whole width of a page.
    public var isWide = false

    /// What a chart shows.
    public init(
        title: String,
        axis: String,
        labels: [String],
        series: [ChartSeries],
        links: [String?] = [],
        format: @escaping @Sendable (Double) -> String
    ) {
        self.title = title
        self.axis = axis
        self.labels = labels
        self.series = series
        self.links = links
        self.format = format
    }

    /// The same over the whole width of a page.
    public func wide() -> ChartModel {
        var model = self
        model.isWide = true
        return model
    }

    func link(_ place: Int) -> String? { links.indices.contains(place) ? links[place] : nil }

    func link(_ series: ChartSeries, _ place: Int) -> String? {
        series.links.indices.contains(place) ? series.links[place] : link(place)
    }
}

/// Where values lie on the drawing.
struct ChartScale {
    static let height = 240.0
    static let left = 64.0
    static let right = 12.0
    static let top = 12.0
    static let bottom = 34.0

    /// How wide the drawing is.
    let width: Double
    let low: Double
    let high: Double
    /// From tick to tick.
    private let step: Double

    init(_ values: [Double], isWide: Bool) {
        width = isWide ? 1120 : 480
        let finite = values.filter(\.isFinite)
        let low = min(0, finite.min() ?? 0)
        let high = max(0, finite.max() ?? 0)
        // Between one record and two there is none.
        let isWhole = finite.allSatisfy { $0 == $0.rounded() }
        step = max(ChartScale.step((high - low) / 4), isWhole ? 1 : 0)
        self.low = (low / step).rounded(.down) * step
        self.high = max((high / step).rounded(.up) * step, self.low + step)
    }

    /// A step of 1, 2 or 5 times a power of ten.
    private static func step(_ rough: Double) -> Double {
        guard rough > 0, rough.isFinite else { return 1 }
        var power = 1.0
        while power * 10 <= rough { power *= 10 }
        while power > rough { power /= 10 }
        return [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough } ?? rough
    }

    func y(_ value: Double) -> Double {
        let room = ChartScale.height - ChartScale.top - ChartScale.bottom
        guard value.isFinite else { return ChartScale.top }
        return ChartScale.top + room * (high - value) / (high - low)
    }

    var ticks: [Double] {
        (0...8).map { low + Double($0) * step }.filter { $0 <= high + step / 1000 }
    }

    var room: Double { width - ChartScale.left - ChartScale.right }
}
