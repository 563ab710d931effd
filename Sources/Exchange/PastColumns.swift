import Identity
import Records
import Schema
import Values

/// Columns that tell of the past of records: when and by whom they were made where they come from.
enum PastColumns {
    /// The keys of the fields that the person may bring along with new records.
    static func keys(_ object: ObjectDefinition, _ session: ReadSession) -> Set<String> {
        Set(object.visibleFields.filter { session.mayBring($0, of: object) }.map(\.key))
    }

    /// Why such a column is left out for whoever may not bring the past along.
    static let left = Label(
        "To bring this along you need the right «\(Capability.settings.label.en)».",
        zh: "导入此列需要“\(Capability.settings.label.zh)”权限。"
    )

    /// Why a column that tells since when is left out.
    static let alone = Label(
        "Needs a column that says when the records were made.",
        zh: "须同时导入创建时间，此列才有意义。"
    )

    /// What whoever may not bring the past along is told about a column that they mapped.
    static func refused(_ field: FieldDefinition) -> FieldProblem {
        FieldProblem(
            field.key,
            "read_only",
            Label(
                "To bring «\(field.label.en)» along you need the right «\(Capability.settings.label.en)». Leave the column out, or ask an administrator.",
                zh: "导入“\(field.label.zh)”需要“\(Capability.settings.label.zh)”权限，请不导入此列，或联系管理员。"
            )
        )
    }

    /// What is asked for where new records are said to be in a stage since long, but not to be that old.
    static func problems(_ past: [FieldDefinition], _ mode: ImportMode) -> [FieldProblem] {
        guard mode == .create || mode == .upsert, !past.contains(where: { $0.key == "created_at" }) else { return [] }
        return past.filter(tellsSince).map { FieldProblem($0.key, "needs_creation", alone) }
    }

    /// True for moments after the record was made.
    static func tellsSince(_ field: FieldDefinition) -> Bool {
        field.historic && field.kind == .instant && field.key != "created_at"
    }
}

extension ImportMapping {
    /// Leaves out what a mapping of somebody else brings along of the past, where the person may not.
    mutating func leavePast(_ object: ObjectDefinition, _ session: ReadSession) {
        let brought = PastColumns.keys(object, session)
        for index in columns.indices {
            guard let field = columns[index].field.flatMap({ object.field($0.leading) }), field.historic,
                !brought.contains(field.key)
            else { continue }
            columns[index] = Column(columns[index].header, nil)
            columns[index].note = PastColumns.left
        }
    }
}
