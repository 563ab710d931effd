import FieldKinds
import Records
import Schema
import Search
import Values

/// Puts the rows of a large import in the order of their names, many at a time, while nobody else writes.
///
/// Two indexes of every object begin with the name or have it behind the owner. In the order of a file each row changes
/// pages of them anywhere, and a page is written again for every few rows; in the order of names the rows of a page come
/// one after another.
struct RowOrder: Sendable {
    /// Fewer keep the order of their file.
    private let fewest: Int
    /// Where the name stands among a row's cells.
    private let name: Int
    /// Where values stand of which there may be only one.
    private let unique: [Int]

    /// Nil where the order matters: where rows change records, or may be found by rows below them, or are numbered.
    init?(_ plan: ImportPlan, fewest: Int) {
        let object = plan.object
        guard plan.mode == .create, plan.match.isEmpty, !plan.knowsSources, plan.files.isEmpty,
            let name = plan.groups.first(where: { $0.field.key == object.nameField && $0.isPlain })
        else { return nil }
        let isNumbered = object.fields.contains { if case .autoNumber = $0.kind { true } else { false } }
        let looksUp = plan.groups.contains {
            switch $0.field.kind {
            case .link(let to): to == object.key
            case .anyLink: true
            default: false
            }
        }
        if isNumbered || looksUp { return nil }
        self.fewest = fewest
        self.name = name.columns[0].position
        unique = plan.groups.filter { $0.field.unique && $0.isWritten }.flatMap { $0.columns.map(\.position) }
    }

    /// The rows in order; nil where two have the same value of which there may be only one, so that the first one counts.
    func ordered(_ rows: [ImportRow]) -> [ImportRow]? {
        guard rows.count >= fewest else { return nil }
        for position in unique {
            var seen: Set<String> = []
            for row in rows {
                let value = row.cell(position).trimmed
                if !value.isEmpty, !seen.insert(Fold.fold(value)).inserted { return nil }
            }
        }
        let keys = rows.map { SortKey.of($0.cell(name)) }
        return rows.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }.map { rows[$0] }
    }
}

/// People came while rows were written in order: those are undone, and written anew in small portions.
struct OthersCame: Error {}

extension ImportRow {
    fileprivate func cell(_ position: Int) -> String {
        guard case .cells(let cells) = content, cells.indices.contains(position) else { return "" }
        return cells[position]
    }
}
