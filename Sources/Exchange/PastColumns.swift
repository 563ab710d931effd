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

    /// Why a column is left out whose dates can be read in several ways.
    static let unclear = Label(
        "Its dates do not tell which number is the day and which the month. Choose the order to bring it along.",
        zh: "此列的日期分不清月和日，未导入；如需导入，请选择日期顺序。"
    )

    /// What is said of values that name nobody here.
    static func unknown(_ count: Int) -> Label {
        Label(
            "Values that name nobody here: \(count). Those records will have no maker.",
            zh: "有 \(count) 个值在本系统中找不到对应的用户，这些记录的创建人将留空。"
        )
    }

    /// True for what programs write where they know no date: the year 0 or 1.
    static func isZero(_ text: String) -> Bool {
        let numbers = text.split { !("0"..."9").contains($0) }
        guard let first = numbers.first else { return false }
        let years = ["0000", "0001"]
        if first.utf8.count >= 8 { return years.contains(String(first.prefix(4))) }
        return numbers.count >= 3 && numbers.prefix(3).contains { years.contains(String($0)) }
    }

    /// True for moments after the record was made.
    static func tellsSince(_ field: FieldDefinition) -> Bool {
        field.historic && field.kind == .instant && field.key != "created_at"
    }
}

extension ImportMapping {
    /// Leaves out columns of the past whose dates can be read in several ways; the answer is what stays open.
    mutating func leaveUnclearPast(_ questions: [ColumnQuestion], _ object: ObjectDefinition) -> [ColumnQuestion] {
        let open = questions.filter { !asksOfPast($0, object) }
        guard open.count < questions.count else { return open }
        for question in questions where asksOfPast(question, object) {
            columns[question.index] = Column(columns[question.index].header, nil)
            columns[question.index].note = PastColumns.unclear
        }
        guard !columns.contains(where: { $0.field == "created_at" }) else { return open }
        for index in columns.indices {
            guard let field = columns[index].field.flatMap({ object.field($0) }), PastColumns.tellsSince(field) else {
                continue
            }
            columns[index] = Column(columns[index].header, nil)
            columns[index].note = PastColumns.alone
        }
        return open
    }

    /// Whether a question is one about the past of records.
    func asksOfPast(_ question: ColumnQuestion, _ object: ObjectDefinition) -> Bool {
        guard columns.indices.contains(question.index), let target = columns[question.index].field else { return false }
        return object.field(target.leading)?.historic == true
    }

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
