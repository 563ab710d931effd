import Pages
import Records
import Schema
import Values

/// The figures under a list: asked for by a link, since they cost more than showing a page.
enum ListSumsRow {
    static func add(
        to list: inout ListModel,
        _ state: ListState,
        _ object: ObjectDefinition,
        _ page: PageCall,
        _ session: ReadSession
    ) throws {
        let context = page.context
        let summed = list.table.columns.compactMap { object.field($0.key) }.filter { isSummed($0.kind) }
        guard !list.table.rows.isEmpty, !summed.isEmpty else { return }
        guard page.call.query["sums"] != nil else {
            list.sums = """
                <div class="k-sums"><a class="k-btn k-btn-small k-btn-quiet"\(href: state.address(("sums", "1"))) data-swap="k-list">\
                \(Icons.use("chart"))\(context(ListTexts.sum))</a></div>
                """
            return
        }
        let sums = try session.sums(object, of: summed.map(\.key), state.query(limit: size))
        if sums.isCapped {
            list.sums = "<p class=\"k-sums k-muted\" role=\"status\">\(context(ListTexts.tooManyToSum(sums.count)))</p>"
            return
        }
        list.table.foot = list.table.columns.enumerated().map { index, column in
            if index == 0 { return HTML(text: context(ListTexts.sumOf(sums.count))) }
            guard let field = object.field(column.key), let sum = sums.sums[column.key] else { return .empty }
            return CellValue(field.kind, columns: [.integer(sum), .text(session.schema.baseCurrency)]).html(in: context)
        }
    }

    private static let size = 50

    private static func isSummed(_ kind: FieldKind) -> Bool {
        switch kind {
        case .money, .integer, .decimal: true
        default: false
        }
    }
}
