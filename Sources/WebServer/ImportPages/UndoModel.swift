import Exchange
import Identity
import Pages
import Schema
import Values

/// What the page of an import shows about rows that were likely the same as a record.
struct LikelyModel: Sendable {
    let count: Int64
    let rows: [LikelyRow]

    static func make(_ id: RecordID, _ imports: Imports, _ actor: Actor) async throws -> LikelyModel {
        let rows = try await imports.likelyRows(id, as: actor)
        return LikelyModel(count: rows.isEmpty ? 0 : try await imports.likelyCount(id, as: actor), rows: rows)
    }

    func html(_ schema: SchemaSnapshot, _ context: PageContext) -> HTML {
        if rows.isEmpty { return .empty }
        let items = HTML.each(rows) { row in
            let object = schema.object(row.object)
            let name = object.map { context($0.label) } ?? row.object
            let link: HTML =
                if let like = row.like, let object {
                    "<a\(href: Addresses.record(object.plural, like.description))>\(name)</a>"
                } else {
                    "\(name)"
                }
            return """
                <tr><td class="k-name">\(row.row)</td><td>\(link) <span class="k-muted">\(row.owner ?? "")</span></td>\
                <td class="k-wrap">\(row.reasons)</td><td>\(context(ImportTexts.likelyOutcome(row.outcome.rawValue)))</td></tr>
                """
        }
        return """
            <div class="k-medium"><section class="k-panel"><h2 class="k-panel-head">\(context(ImportTexts.likelyRows(count)))</h2>\
            <div class="k-scroll" tabindex="0" role="region" aria-label="\(context(ImportTexts.likely))">\
            <table class="k-table k-cards"><tbody>\(items)</tbody></table></div></section></div>
            """
    }
}

/// What the page of an import shows about taking it back.
struct UndoModel: Sendable {
    let status: UndoStatus?
    let isPossible: Bool
    let spared: [SparedRecord]

    static func make(_ id: RecordID, _ imports: Imports, _ actor: Actor) async throws -> UndoModel {
        let status = try await imports.undoStatus(id, as: actor)
        return UndoModel(
            status: status,
            isPossible: status == nil ? try await imports.canUndo(id, as: actor) : false,
            spared: status == nil ? [] : try await imports.spared(id, as: actor)
        )
    }

    func html(_ object: ObjectDefinition?, _ context: PageContext) -> HTML {
        guard let status else { return .empty }
        let title = status.state == .done ? ImportTexts.undone : ImportTexts.undoing
        let rows = HTML.each(spared) { record in
            let address = object.map { Addresses.list($0.plural) + "/\(record.id)" }
            let link: HTML = address.map { "<a\(href: $0)>\(record.id.description)</a>" } ?? "\(record.id.description)"
            return """
                <tr><td class="k-name">\(link)</td><td class="k-wrap" data-label="\(context(ImportTexts.problem))">\(record.reason)</td></tr>
                """
        }
        let table: HTML = """
            <table class="k-table k-cards"><caption class="k-sr">\(context(ImportTexts.spared))</caption><thead><tr>\
            <th scope="col">\(context(ImportTexts.record))</th><th scope="col">\(context(ImportTexts.problem))</th></tr></thead>\
            <tbody>\(rows)</tbody></table>
            """
        let counts = context(ImportTexts.undoCounts(status.deleted, status.restored, status.spared))
        return """
            <div class="k-medium"><section class="k-panel"><h2 class="k-panel-head">\(context(title))</h2>\
            <p class="k-panel-pad" role="status">\(counts)</p>\(HTML.when(!spared.isEmpty, table))</section></div>
            """
    }
}
