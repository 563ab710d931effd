import Database
import Records
import SQLText
import Schema
import Values

extension ReadSession {
    /// Compares records that share a key with very many others, with bounded work: those that also share a second key,
    /// and each with its neighbours in the order of their values. Of records that are all alike a chain of pairs comes
    /// out, which is one group, not every two of them.
    func compareMany(_ hash: Int64, _ rules: CompiledRules, _ step: inout RunStep) throws {
        var ids = try connection.rows(
            """
            SELECT record FROM sys_duplicate_key WHERE generation = \(rules.generation) AND hash = \(hash)
            ORDER BY record LIMIT \(RunStep.mostOfOne + 1)
            """
        ).compactMap { $0.id(0) }
        if ids.count > RunStep.mostOfOne {
            step.tooLarge += 1
            ids.removeLast()
        }
        var entries: [(id: RecordID, subject: Subject)] = []
        for start in stride(from: 0, to: ids.count, by: 1000) {
            for record in try anyRecords(rules.object, Array(ids[start..<min(start + 1000, ids.count)])) {
                entries.append((record.id, Subject(rules) { record.columns(of: $0) }))
            }
        }
        var found = Chain(count: entries.count)
        func compare(_ one: Int, _ other: Int) {
            guard found.areApart(one, other) else { return }
            let score = rules.score(entries[one].subject, entries[other].subject)
            guard score.points >= rules.rules.warnAt else { return }
            found.join(one, other)
            let (a, b) = (min(entries[one].id, entries[other].id), max(entries[one].id, entries[other].id))
            step.pairs.append(.init(a: a, b: b, score: score))
        }
        var seconds: [Int64: [Int]] = [:]
        for (index, entry) in entries.enumerated() {
            for key in entry.subject.keys(rules) where key != hash { seconds[key, default: []].append(index) }
        }
        for group in seconds.values where group.count <= RunStep.narrow {
            for (position, one) in group.enumerated() { for other in group[(position + 1)...] { compare(one, other) } }
        }
        let order = entries.indices.map { (text: entries[$0].subject.text, index: $0) }.sorted { $0 < $1 }.map(\.index)
        for position in order.indices {
            for next in order[(position + 1)...].prefix(RunStep.neighbours) { compare(order[position], next) }
        }
    }
}

/// Which entries hang together by pairs that were found.
private struct Chain {
    private var parents: [Int]

    init(count: Int) { parents = Array(0..<count) }

    private mutating func root(_ index: Int) -> Int {
        var index = index
        while parents[index] != index {
            parents[index] = parents[parents[index]]
            index = parents[index]
        }
        return index
    }

    mutating func areApart(_ one: Int, _ other: Int) -> Bool { root(one) != root(other) }

    mutating func join(_ one: Int, _ other: Int) { parents[root(one)] = root(other) }
}

extension Subject {
    /// All values, to put records in order by.
    fileprivate var text: String { values.map { ($0 ?? []).map(\.text).joined(separator: ",") }.joined(separator: "|") }
}
