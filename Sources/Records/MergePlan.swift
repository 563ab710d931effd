import Database
import FieldKinds
import Identity
import SQLText
public import Schema
public import Values

/// Which records become one, and whose values stay.
public struct MergeRequest: Sendable {
    /// The record that stays.
    public var survivor: RecordID
    /// The records that go into it, 1 to 20.
    public var others: [RecordID]
    /// Field key to the record whose value is taken, empty or not; for others the survivor's counts, and where it has
    /// none the first of the others.
    public var choices: [String: RecordID]
    /// The survivor's version that the caller read.
    public var version: Int64?

    /// Which records become one, and whose values stay.
    public init(
        survivor: RecordID,
        others: [RecordID],
        choices: [String: RecordID] = [:],
        version: Int64? = nil
    ) {
        self.survivor = survivor
        self.others = others
        self.choices = choices
        self.version = version
    }
}

/// What a merge would do.
public struct MergePlan: Sendable {
    /// A field of the merged record.
    public struct Value: Sendable {
        /// The field.
        public let field: FieldDefinition
        /// Whose value it is; nil where it comes of all, as tags do.
        public let source: RecordID?
        /// The values of the field's columns as they will be.
        public let columns: [SQLValue]
        /// True when the records have different values.
        public let differs: Bool
    }

    /// The record that stays, as it is.
    public let survivor: AnyRecord
    /// The records that go into it, as they are.
    public let others: [AnyRecord]
    /// Every field.
    public let values: [Value]

    var group: [RecordID] { [survivor.id] + others.map(\.id) }

    /// Columns that every write changes and that no merge takes back.
    static let bookkeeping: Set<String> = [
        "version", "updated_at", "updated_by", "deleted_at", "deleted_by", ObjectDefinition.nameSortColumn,
    ]
}

extension ReadSession {
    /// True when the actor may read a field of every one of these records.
    public func mayRead(_ field: FieldDefinition, of object: ObjectDefinition, in ids: [RecordID]) throws -> Bool {
        try ids.allSatisfy { try right(on: field, of: object, record: $0) != .hidden }
    }

    /// What a merge would do, without doing it. Needs the right to change all of them and to delete the others.
    public func planMerge(_ object: ObjectDefinition, _ request: MergeRequest) throws -> MergePlan {
        let others = request.others
        guard (1...20).contains(others.count), Set(others).count == others.count, !others.contains(request.survivor)
        else {
            throw Problem.invalid(
                "others",
                "invalid_selection",
                Label("Name 1 to 20 other records, each once.", zh: "请选择 1 到 20 条其他记录，且不能重复。")
            )
        }
        let survivor = try mergeable(object, request.survivor)
        if let version = request.version, version != survivor.version { throw Problem.stale }
        let losers = try others.map { id in
            let record = try mergeable(object, id)
            guard try row(object, id, for: .delete) != nil else {
                throw Problem.forbidden(
                    Label("You may not delete all of these records.", zh: "您没有删除其中某些记录的权限，不能合并。")
                )
            }
            return record
        }
        let all = [survivor] + losers
        try checkChoices(object, request.choices, all)
        let group = Set(all.map(\.id))
        let values = try object.fields.filter { isMerged($0) }.map { field in
            // What the actor may not read of one record must not show up in another one that they see whole.
            let seen = try all.filter { try right(on: field, of: object, record: $0.id) != .hidden }
            let sources = seen.isEmpty ? all : [survivor] + seen.filter { $0.id != survivor.id }
            var chosen = request.choices[field.key]
            if let together = object.statedTogether.first(where: { $0.contains(field.key) }) {
                chosen = together.lazy.compactMap { request.choices[$0] }.first ?? survivor.id
            }
            return mergedValue(field, of: sources, chosen: chosen, group, object)
        }
        return MergePlan(survivor: survivor, others: losers, values: values)
    }

    private func mergeable(_ object: ObjectDefinition, _ id: RecordID) throws -> AnyRecord {
        guard let record = try row(object, id, for: .read) else {
            if let merge = try openMerge(of: object, id), try row(object, merge.survivor, for: .read) != nil {
                throw Problem.merged(into: merge.survivor)
            }
            throw Problem.notFound
        }
        guard try row(object, id, for: .update) != nil else {
            throw Problem.forbidden(
                Label("You may not change all of these records.", zh: "您没有编辑其中某些记录的权限，不能合并。")
            )
        }
        return record
    }

    private func isMerged(_ field: FieldDefinition) -> Bool {
        if field.kind.isComputed { return false }
        return !field.system || field.key == "owner"
    }

    private func checkChoices(_ object: ObjectDefinition, _ choices: [String: RecordID], _ all: [AnyRecord]) throws {
        var problems: [FieldProblem] = []
        for (key, source) in choices.sorted(by: { $0.key < $1.key }) {
            guard let field = object.field(key), isMerged(field),
                all.contains(where: { $0.id == source })
                    ? try right(on: field, of: object, record: source) != .hidden
                    : right(on: field, of: object) != .hidden
            else {
                problems.append(
                    FieldProblem(
                        String(key.prefix(60)),
                        "unknown_field",
                        Label("«\(object.label.en)» has no such field.", zh: "“\(object.label.zh)”没有这个字段。")
                    )
                )
                continue
            }
            guard let record = all.first(where: { $0.id == source }) else {
                problems.append(
                    FieldProblem(
                        key,
                        "unknown_choice",
                        Label("Choose one of the merged records.", zh: "请从参与合并的记录中选择。")
                    )
                )
                continue
            }
            if source != all[0].id, try right(on: field, of: object, record: all[0].id) != .full {
                problems.append(
                    FieldProblem(key, "read_only", Label("You may not write this field.", zh: "该字段不可填写。"))
                )
            }
            if field.required, record.columns(of: field).first?.isNull ?? true {
                problems.append(
                    FieldProblem(
                        key,
                        "required",
                        Label("«\(field.label.en)» must have a value.", zh: "请填写“\(field.label.zh)”。")
                    )
                )
            }
        }
        if !problems.isEmpty { throw Problem.invalid(problems) }
    }

    private func mergedValue(
        _ field: FieldDefinition,
        of all: [AnyRecord],
        chosen: RecordID?,
        _ group: Set<RecordID>,
        _ object: ObjectDefinition
    ) -> MergePlan.Value {
        let candidates = all.map { ($0.id, $0.columns(of: field)) }
        let differs = candidates.dropFirst().contains { $0.1 != candidates[0].1 }
        var (source, columns): (RecordID?, [SQLValue]) = candidates[0]
        if let picked = candidates.first(where: { $0.0 == chosen }) {
            (source, columns) = picked
        } else if case .tags = field.kind, differs {
            source = nil
            columns = [Tags.union(candidates.map { $0.1[0].text })]
        } else if case .instant = field.kind, field.readOnly, !field.system, !field.audited {
            // Kept by the program: the latest is true of both together.
            let latest = candidates.max { ($0.1[0].integer ?? .min) < ($1.1[0].integer ?? .min) }
            (source, columns) = latest.map { ($0.0, $0.1) } ?? candidates[0]
        } else if case .autoNumber = field.kind {
        } else if columns.allSatisfy(\.isNull), field.key != "owner",
            // Empty is not zero: 0 and «no» are values that stay. An address may have a city and no street.
            let filled = candidates.first(where: { !$0.1.allSatisfy(\.isNull) })
        {
            (source, columns) = filled
        }
        // A record never belongs to itself.
        if field.kind.isLink, let target = columns[0].integer, group.contains(RecordID(target)),
            field.kind == .link(to: object.key) || columns.last?.text == object.key
        {
            let other = candidates.first { candidate in
                candidate.1[0].integer.map { !group.contains(RecordID($0)) } ?? false
            }
            (source, columns) = other.map { ($0.0, $0.1) } ?? (nil, columns.map { _ in .null })
        }
        return MergePlan.Value(field: field, source: source, columns: columns, differs: differs)
    }
}

/// Tags as they are stored, `|a|b|`.
enum Tags {
    static func list(_ stored: String?) -> [String] { (stored ?? "").split(separator: "|").map(String.init) }

    static func stored(_ tags: [String]) -> SQLValue {
        tags.isEmpty ? .null : .text("|" + tags.joined(separator: "|") + "|")
    }

    static func union(_ all: [String?]) -> SQLValue {
        var tags: [String] = []
        for tag in all.flatMap(list) where !tags.contains(tag) { tags.append(tag) }
        return stored(tags)
    }
}
