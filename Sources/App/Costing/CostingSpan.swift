import Costing
import Pages
import Records
import Schema
import Values
import WebServer

/// The months and customers that a page or call is about: the last twelve months that were reckoned, unless it says.
struct CostingSpan: Sendable {
    let from: String
    let to: String
    let filter: String?
    private let currency: String

    init(_ request: FeatureRequest) async throws { try await self.init(request, from: request.query) }

    /// The same from the fields of a form.
    init(_ request: FeatureRequest, from text: (String) -> String) async throws {
        let last = try await request.read { try RunList.lastMonth($0) }
        let today = String(request.context.today.description.prefix(7))
        let (from, to) = (text("from"), text("to"))
        for text in [from, to] where !text.isEmpty && !CostingSpan.isMonth(text) {
            throw Problem.malformed("invalid_month", Label("Write months as 2026-06.", zh: "月份请写成 2026-06 的形式。"))
        }
        self.to = to.isEmpty ? last ?? today : to
        self.from = from.isEmpty ? CostingSpan.adding(-11, to: self.to) : from
        let filter = text("filter")
        self.filter = filter.isEmpty ? nil : filter
        currency = request.engine.schema.baseCurrency
        guard CostingSpan.months(self.from, self.to) <= 120 else {
            throw Problem.malformed("too_many_months", Label("At most ten years.", zh: "最多查看十年。"))
        }
    }

    /// The frame of pages about it, in the reader's language unless another is asked for.
    func frame(_ request: FeatureRequest, in language: Language? = nil) -> CostingFrame {
        var context = request.context
        if let language { context.language = language }
        return CostingFrame(
            context: context,
            currency: currency,
            from: from,
            to: to,
            filter: filter ?? "",
            hidesPay: CostSettings.hidesPay(from: request.actor)
        )
    }

    /// How many rows a call skips.
    static func offset(_ request: FeatureRequest) -> Int { min(1_000_000, max(0, Int(request.query("offset")) ?? 0)) }

    static func isMonth(_ text: String) -> Bool { text.utf8.count == 7 && Day(text + "-01") != nil }

    static func adding(_ months: Int, to month: String) -> String {
        Day(month + "-01").map { String($0.adding(months: months).description.prefix(7)) } ?? month
    }

    /// How many months a range has; 0 for one that ends before it begins.
    static func months(_ from: String, _ to: String) -> Int {
        guard let a = Day(from + "-01")?.parts, let b = Day(to + "-01")?.parts else { return 0 }
        return max(0, (b.year - a.year) * 12 + b.month - a.month + 1)
    }
}
