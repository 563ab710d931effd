import FieldKinds
import Records
import Schema
import Search
import Values

/// Puts the rows of a large import in the order of their names, many at a time, while nobody else writes.
///
/// Two indexes of every object begin with the name or have it behind the owner. In the order of a file each row changes
/// pages of them anywhere, and a page is written again for every few rows; in the order of names the rows of a page come
/// one after another. The more rows, the more of them share a page.
struct RowOrder: Sendable {
    /// So many rows are put in order at once next; fewer after somebody came to write meanwhile, since those are lost.
    private(set) var reach: Int
    private let most: Int
    private let fewest: Int
    /// Where the name stands among a row's cells.
    private let name: Int
    /// Where values stand of which there may be only one.
    private let unique: [Int]

    /// Takes up to `most` rows at once. Nil where the order matters: where rows change records, or may be found by rows
    /// below them, or are numbered.
    init?(_ plan: ImportPlan, most: Int) {
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
        self.most = most
        reach = max(1, most / 2)
        fewest = min(3000, most / 5)
        self.name = name.columns[0].position
        unique = plan.groups.filter { $0.field.unique && $0.isWritten }.flatMap { $0.columns.map(\.position) }
    }

    /// The places of the first rows, as many as `reach`, in order; nil where they are few, or two have the same value of
    /// which there may be only one, so that the first one counts.
    func places(of rows: WaitingRows) -> [Int]? {
        let count = min(rows.count, reach)
        guard count >= fewest else { return nil }
        for position in unique {
            var seen: Set<Int> = []
            for row in 0..<count {
                let value = rows.cell(position, of: row).trimmed
                if !value.isEmpty, !seen.insert(Fold.fold(value).hashValue).inserted { return nil }
            }
        }
        var (keys, ends): ([UInt8], [Int]) = ([], [0])
        keys.reserveCapacity(count * 64)
        ends.reserveCapacity(count + 1)
        for row in 0..<count {
            keys.append(contentsOf: SortKey.of(rows.cell(name, of: row)).utf8)
            ends.append(keys.count)
        }
        return keys.withUnsafeBufferPointer { keys in
            (0..<count).sorted { first, second in
                let (one, other) = (keys[ends[first]..<ends[first + 1]], keys[ends[second]..<ends[second + 1]])
                if one.lexicographicallyPrecedes(other) { return true }
                return first < second && one.elementsEqual(other)
            }
        }
    }

    /// After rows were written in order.
    mutating func succeeded() { reach = min(most, reach * 2) }

    /// After those were given up, since somebody came.
    mutating func gaveWay() { reach = max(fewest, reach / 4) }
}

/// People came while rows were written in order: those are undone, and written anew in small portions.
struct OthersCame: Error {}
