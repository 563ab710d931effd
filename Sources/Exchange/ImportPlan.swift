import FieldKinds
import Identity
import Records
import Schema
import Values

/// A mapping checked against the schema and the person's rights: what each field of a row is made from.
struct ImportPlan: Sendable {
    struct Column: Sendable {
        let header: String
        /// The position among the cells; for JSON Lines the header is looked up.
        let position: Int
        let part: String?
        let values: [String: String]
        let scale: Int64
        let dates: DateOrder?
        let decimals: DecimalMark?
    }

    /// A field and the columns that it is made from.
    struct Group: Sendable {
        let field: FieldDefinition
        var columns: [Column]
        /// False for columns that find the record: ids, and running numbers, which new records keep all the same.
        let isWritten: Bool

        /// True where one column is the whole value as it stands: most fields of most files.
        var isPlain: Bool { isWritten && isSimple && columns.count == 1 }
        private let isSimple: Bool

        init(field: FieldDefinition, columns: [Column], isWritten: Bool) {
            (self.field, self.columns, self.isWritten) = (field, columns, isWritten)
            switch field.kind {
            case .link, .person, .address, .money, .anyLink: isSimple = false
            default: isSimple = field.key != "id"
            }
        }
    }

    let object: ObjectDefinition
    let groups: [Group]
    let defaults: [JSONValue.Member]
    let clearsEmpty: Bool
    let keepsApostrophes: Bool
    let emptiesUnknown: Bool
    let prefersNames: Bool
    let mode: ImportMode
    let match: [FieldDefinition]
    /// Fields that the audit log does not hold: what they had is kept for taking the import back.
    let unaudited: [FieldDefinition]
    let style: InputStyle
    /// How days are read, and moments without a zone.
    let dates: DateText
    /// The columns that name files.
    let files: FileColumns
    /// The fields of new records that tell of their past; of records that are here it is known.
    let past: [FieldDefinition]
    /// Where the numbers of cells go that hold several.
    let phones: RowPhones
    /// The fields whose running numbers new records keep.
    let numbered: Set<String>

    /// Checks a mapping. Throws a `Problem` that names every field that does not fit.
    init(_ status: ImportStatus, headers: [String], in session: ReadSession) throws {
        try self.init(
            status.mapping,
            object: status.object,
            mode: status.mode,
            match: status.match,
            headers: headers,
            in: session
        )
    }

    init(
        _ mapping: ImportMapping,
        object key: String,
        mode: ImportMode,
        match: [String],
        headers: [String],
        in session: ReadSession
    ) throws {
        let object = try session.object(key)
        self.object = object
        self.mode = mode
        unaudited = object.visibleFields.filter { !$0.audited && $0.isWritable }
        defaults = mapping.defaults
        clearsEmpty = mapping.clearsEmpty
        keepsApostrophes = mapping.keepsApostrophes
        emptiesUnknown = mapping.emptiesUnknown
        prefersNames = mapping.prefersNames
        dates = DateText(zone: session.actor.timeZone)
        style = InputStyle(baseCurrency: session.schema.baseCurrency, country: session.schema.country, lenient: true)
        let matchKeys = match.isEmpty ? ImportPlan.ownMatch(mapping, mode) : match
        var problems: [FieldProblem] = []
        let (mapping, attachments) = ImportPlan.attachments(mapping, object, headers)
        groups = ImportPlan.groups(mapping, object, headers, matchKeys, session, &problems)
        past = groups.filter { $0.isWritten && $0.field.historic }.map(\.field)
        let numbers = mapping.keepsNumbers ? groups.map(\.field) : []
        numbered = Set(numbers.filter { session.mayNumber($0, of: object) }.map(\.key))
        problems += PastColumns.problems(past, mode)
        phones = RowPhones(
            groups,
            object,
            match: matchKeys,
            taken: defaults.map(\.key),
            country: style.country,
            in: session
        )
        files = FileColumns(
            fields: groups.filter { $0.field.kind == .file && $0.isWritten }.flatMap { $0.columns.map(\.position) },
            attachments: attachments
        )
        self.match = ImportPlan.matchFields(matchKeys, groups, object, session, &problems)
        for member in mapping.defaults {
            if let field = object.field(member.key), session.right(on: field, of: object) == .full { continue }
            problems.append(ImportPlan.unknown(member.key))
        }
        if groups.allSatisfy({ !$0.isWritten }), attachments.isEmpty, problems.isEmpty {
            problems.append(
                FieldProblem("columns", "no_columns", Label("No column goes into a field.", zh: "没有任何一列对应到字段。"))
            )
        }
        if mode != .create, self.match.isEmpty, !knowsSources, problems.isEmpty {
            problems.append(
                FieldProblem("match", "required", Label("Say by which field records are found.", zh: "请选择按哪个字段查找已有记录。"))
            )
        }
        if !problems.isEmpty { throw Problem.invalid(problems) }
    }

    /// Whether rows tell which record they are in the system that they come from.
    var knowsSources: Bool { groups.contains { $0.field.key == "id" && $0.columns[0].part == ForeignRecords.part } }

    /// Whether a field tells of the past of new records.
    func tellsPast(_ key: String) -> Bool { past.contains { $0.key == key } }

    /// A column with the record's id finds the record by itself.
    private static func ownMatch(_ mapping: ImportMapping, _ mode: ImportMode) -> [String] {
        mode != .create && mapping.columns.contains { $0.field == "id" } ? ["id"] : []
    }

    /// Attachments are no field: their columns, and the mapping without them.
    private static func attachments(
        _ mapping: ImportMapping,
        _ object: ObjectDefinition,
        _ headers: [String]
    ) -> (ImportMapping, [Int]) {
        var (rest, positions) = (mapping, [Int]())
        for index in mapping.columns.indices where mapping.columns[index].field == ArchiveWriter.attachments {
            guard object.field(ArchiveWriter.attachments) == nil,
                let position = position(mapping.columns[index].header, headers, Set(positions))
            else { continue }
            rest.columns[index].field = nil
            positions.append(position)
        }
        return (rest, positions)
    }

    private static func groups(
        _ mapping: ImportMapping,
        _ object: ObjectDefinition,
        _ headers: [String],
        _ match: [String],
        _ session: ReadSession,
        _ problems: inout [FieldProblem]
    ) -> [Group] {
        var groups: [Group] = []
        var used: Set<Int> = []
        for column in mapping.columns {
            guard let target = column.field else {
                if let position = position(column.header, headers, used) { used.insert(position) }
                continue
            }
            guard let position = position(column.header, headers, used) else {
                problems.append(missing(column.header))
                continue
            }
            used.insert(position)
            let parts = target.split(separator: ".", maxSplits: 1).map(String.init)
            guard let key = parts.first, let field = object.field(key),
                isPart(parts.dropFirst().first, of: field, session)
            else {
                problems.append(unknown(target))
                continue
            }
            let right = session.right(on: field, of: object)
            // Ids and running numbers find records, and are never written where there are some.
            let isFinder = right != .hidden && (key == "id" || field.isNumbered || match.contains(key))
            let isBrought = session.mayBring(field, of: object)
            guard right == .full || isBrought || isFinder else {
                problems.append(
                    right == .hidden ? unknown(target) : field.historic ? PastColumns.refused(field) : readOnly(target)
                )
                continue
            }
            let planned = Column(
                header: column.header,
                position: position,
                // Persons that were named by hand are found by whatever was given.
                part: field.kind == .person && !column.values.isEmpty ? nil : parts.dropFirst().first,
                values: column.values,
                scale: column.scale,
                dates: column.dates,
                decimals: column.decimals
            )
            if let index = groups.firstIndex(where: { $0.field.key == key }) {
                groups[index].columns.append(planned)
            } else {
                groups.append(Group(field: field, columns: [planned], isWritten: right == .full || isBrought))
            }
        }
        return groups
    }

    private static func position(_ header: String, _ headers: [String], _ used: Set<Int>) -> Int? {
        headers.indices.first { headers[$0] == header && !used.contains($0) }
            ?? headers.indices.first {
                Fold.fold(headers[$0].trimmed) == Fold.fold(header.trimmed) && !used.contains($0)
            }
    }

    /// Whether a field has such a part; nil stands for the whole.
    private static func isPart(_ part: String?, of field: FieldDefinition, _ session: ReadSession) -> Bool {
        guard let part else { return true }
        if FieldPart.parts(of: field).contains(where: { $0.key == part }) { return true }
        if field.key == "id" { return part == ForeignRecords.part }
        guard case .link(let target) = field.kind, let linked = session.schema.object(target),
            let key = linked.field(part)
        else { return false }
        return session.right(on: key, of: linked) != .hidden && key.findsRecords
    }

    private static func matchFields(
        _ keys: [String],
        _ groups: [Group],
        _ object: ObjectDefinition,
        _ session: ReadSession,
        _ problems: inout [FieldProblem]
    ) -> [FieldDefinition] {
        keys.compactMap { key in
            guard let field = object.field(key), session.right(on: field, of: object) != .hidden else {
                problems.append(unknown(key))
                return nil
            }
            guard field.findsRecords else {
                problems.append(
                    FieldProblem(
                        key,
                        "no_match_field",
                        Label("Records cannot be found by «\(field.label.en)».", zh: "不能按“\(field.label.zh)”查找记录。")
                    )
                )
                return nil
            }
            guard groups.contains(where: { $0.field.key == key }) else {
                problems.append(
                    FieldProblem(
                        key,
                        "not_mapped",
                        Label("No column goes into «\(field.label.en)».", zh: "没有任何一列对应到“\(field.label.zh)”。")
                    )
                )
                return nil
            }
            return field
        }
    }

    private static func unknown(_ key: String) -> FieldProblem {
        FieldProblem(String(key.prefix(60)), "unknown_field", Label("There is no such field.", zh: "没有这个字段。"))
    }

    private static func readOnly(_ key: String) -> FieldProblem {
        FieldProblem(key, "read_only", Label("You may not write this field.", zh: "该字段不可填写。"))
    }

    private static func missing(_ header: String) -> FieldProblem {
        let header = String(header.prefix(60))
        return FieldProblem(
            header,
            "no_column",
            Label("The file has no column «\(header)».", zh: "文件中没有“\(header)”这一列。")
        )
    }
}

extension FieldDefinition {
    /// True when a record can be found by its value: one column that is compared as a whole.
    var findsRecords: Bool {
        switch kind {
        case .text, .integer, .decimal, .day, .instant, .choice, .link, .person, .phone, .email, .url, .autoNumber:
            true
        default: false
        }
    }

    /// True for texts that people write: compared without case and width.
    var isFolded: Bool {
        switch kind {
        case .text where key != "id": true
        case .longText, .url, .autoNumber: true
        default: false
        }
    }
}
