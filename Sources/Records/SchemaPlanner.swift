import Database
import Expressions
import FieldKinds
import Identity
import SQLText
import Schema
import Search
import Values

/// Turns a change into steps and does them in the transaction of its session.
struct SchemaPlanner {
    let session: WriteSession
    private var connection: Connection { session.connection }
    private var schema: SchemaSnapshot { session.schema }

    init(session: WriteSession) { self.session = session }

    func run(_ change: SchemaChange) throws -> SchemaPlan {
        try session.actor.require(.schema)
        var plan = SchemaPlan()
        switch change {
        case .addObject(let input): try addObject(input, &plan)
        case .updateObject(let key, let input): try updateObject(key, input, &plan)
        case .removeObject(let key): try markObject(key, removed: true, &plan)
        case .restoreObject(let key): try markObject(key, removed: false, &plan)
        case .addField(let object, let input): try addField(try custom(object), input, &plan)
        case .updateField(let object, let key, let input):
            try updateField(try custom(object), try field(object, key), input, &plan)
        case .removeField(let object, let key): try removeField(try custom(object), try field(object, key), &plan)
        case .restoreField(let object, let id): try restoreField(try custom(object), id, &plan)
        case .removeChoice(let object, let key, let choice, let target):
            try removeChoice(try custom(object), try field(object, key), choice, target, &plan)
        }
        for step in plan.steps {
            if let sql = step.sql { try session.storingSchema { try connection.script(sql.text) } }
        }
        try SchemaStore.bumpVersion(on: connection)
        let after = try SchemaStore.load(declared: session.engine.modules.flatMap(\.objects), on: connection)
        try SchemaReferences.check(before: schema, after: after)
        if case .addObject = change, let object = after.object(plan.object) {
            try KeptSums.rebuild(object, on: connection)
        }
        var json = JSONWriter()
        json.array { json in for step in plan.steps { DefinitionJSON.write(step.text, to: &json) } }
        session.pending.audit.append(AuditEntry("schema", object: plan.object, changes: json.text))
        return plan
    }

    private func custom(_ key: String) throws -> ObjectDefinition {
        guard let object = schema.object(plural: key) ?? schema.object(key) else { throw Problem.notFound }
        return object
    }

    private func field(_ object: String, _ key: String) throws -> FieldDefinition {
        guard let field = try custom(object).field(key), !field.system else { throw Problem.notFound }
        return field
    }

    // MARK: Objects

    private func addObject(_ given: JSONValue, _ plan: inout SchemaPlan) throws {
        guard case .object(let members) = given else { throw SchemaInput.incomplete("key") }
        try DefinitionMembers.checkNewObject(members)
        let input = DefinitionMembers.named(given) { session.newID().description }
        let names = try SchemaInput.objectNames(input)
        let taken = try connection.row("SELECT 1 FROM sys_object WHERE key = \(names.key)") != nil
        guard !taken, schema.object(names.key) == nil, schema.object(plural: names.plural) == nil else {
            throw SchemaInput.taken("key", names.key)
        }
        var name = FieldDefinition(
            id: "\(names.key).name",
            key: "name",
            label: Label("Name", zh: "名称"),
            kind: .text(max: 200)
        )
        name.required = true
        name.searchable = true
        var object = ObjectDefinition(
            key: names.key,
            plural: names.plural,
            label: names.label,
            pluralLabel: names.many,
            fields: [name]
        )
        object.custom = true
        object.listFields = ["name", "owner", "updated_at"]
        DefinitionJSON.apply(input, to: &object)
        try check(object, input)
        plan.object = object.key
        plan.add(Label("Make the object «\(names.label.en)».", zh: "新建对象“\(names.label.zh)”。"))
        for statement in TableDDL.create(object, connection.dialect) {
            plan.add(Label("Make its table and indexes.", zh: "建立数据表和索引。"), statement)
        }
        try SchemaStore.save(object, position: Int64(1000 + schema.objects.count), on: connection)
        try SchemaStore.save(name, of: object.key, position: 0, on: connection)
        try SearchIndex.createTable(object.key, on: connection)
    }

    private func updateObject(_ key: String, _ given: JSONValue, _ plan: inout SchemaPlan) throws {
        var object = try custom(key)
        guard case .object(let members) = given else { throw SchemaInput.incomplete("label") }
        try DefinitionMembers.checkObject(members)
        let input = DefinitionMembers.named(given) { session.newID().description }
        DefinitionJSON.apply(input, to: &object)
        try check(object, input)
        plan.object = object.key
        plan.add(Label("Change «\(object.label.en)».", zh: "修改“\(object.label.zh)”。"))
        let position = schema.objects.firstIndex { $0.key == object.key } ?? 0
        try SchemaStore.save(object, position: Int64(position), on: connection)
    }

    /// Checks what the input says about rules and lists of fields.
    private func check(_ object: ObjectDefinition, _ input: JSONValue) throws {
        if input["rules"] != nil {
            for rule in object.rules {
                try SchemaInput.check(rule.expression, on: object, schema, field: "rules", expecting: .boolean)
                if let field = rule.field, object.field(field) == nil { throw unknownField(field, "rules") }
            }
        }
        if input["field_order"] != nil {
            for key in object.fieldOrder where object.field(key) == nil { throw unknownField(key, "field_order") }
        }
        guard input["list_fields"] != nil else { return }
        for key in object.listFields where object.field(key) == nil { throw unknownField(key, "list_fields") }
    }

    private func unknownField(_ key: String, _ member: String) -> Problem {
        let shown = String(key.prefix(60))
        return Problem.invalid(
            member,
            "unknown_field",
            Label("There is no field «\(shown)».", zh: "没有字段“\(shown)”。")
        )
    }

    private func markObject(_ key: String, removed: Bool, _ plan: inout SchemaPlan) throws {
        guard key.hasPrefix("x_") else {
            throw Problem.forbidden(
                Label("Built-in objects can be hidden, not removed.", zh: "系统对象不能删除，但可以隐藏。")
            )
        }
        let at: Instant? = removed ? session.now : nil
        let count = try connection.run("UPDATE sys_object SET removed_at = \(at) WHERE key = \(key)")
        guard count == 1 else { throw Problem.notFound }
        plan.object = key
        plan.add(
            removed
                ? Label("Remove the object; it can be restored for 30 days.", zh: "删除对象，30 天内可恢复。")
                : Label("Restore the object with its records.", zh: "恢复对象及其记录。")
        )
    }

    // MARK: Fields

    private func addField(_ object: ObjectDefinition, _ input: JSONValue, _ plan: inout SchemaPlan) throws {
        var field = try SchemaInput.newField(input, on: object, schema)
        // The id must outlive a rename, after which another field may take the key.
        field.id = "\(object.key).\(session.engine.ids.next())"
        let used = try connection.row("SELECT 1 FROM sys_field WHERE object = \(object.key) AND key = \(field.key)")
        guard used == nil, object.field(field.key) == nil else { throw SchemaInput.taken("key", field.key) }
        guard object.columns.count + field.columns.count <= 400 else {
            throw Problem(
                .conflict,
                "too_many_fields",
                Label("An object has at most 400 columns.", zh: "每个对象最多 400 列，无法再新增字段。")
            )
        }
        plan.object = object.key
        plan.add(Label("Add the field «\(field.label.en)».", zh: "新增字段“\(field.label.zh)”。"))
        for column in field.columns {
            plan.add(
                Label("Add the column \(column.name).", zh: "新增列 \(column.name)。"),
                "ALTER TABLE \(quotedName(object.key)) ADD COLUMN \(quotedName(column.name)) "
                    + TableDDL.type(column, connection.dialect)
            )
        }
        addIndex(field, of: object, &plan)
        try SchemaStore.save(field, of: object.key, position: Int64(object.fields.count), on: connection)
    }

    private func addIndex(_ field: FieldDefinition, of object: ObjectDefinition, _ plan: inout SchemaPlan) {
        if field.unique || field.indexed, !field.kind.isComputed {
            plan.add(Label("Build its index.", zh: "建立索引。"), TableDDL.index(field, of: object.key, connection.dialect))
        }
        if case .link = field.kind, field.custom {
            let name = quotedName("ix_\(object.key)_of_\(field.key)")
            plan.add(
                Label("Build its index.", zh: "建立索引。"),
                "CREATE INDEX IF NOT EXISTS \(name) ON \(quotedName(object.key)) (\(quotedName(field.key)), \"id\") "
                    + "WHERE \"deleted_at\" IS NULL"
            )
        }
    }

    private func updateField(
        _ object: ObjectDefinition,
        _ old: FieldDefinition,
        _ input: JSONValue,
        _ plan: inout SchemaPlan
    ) throws {
        let new = try SchemaInput.changedField(old, input, on: object, schema)
        plan.object = object.key
        plan.add(Label("Change the field «\(old.label.en)».", zh: "修改字段“\(old.label.zh)”。"))
        let gone = old.kind.choices.map(\.key).filter { key in !new.kind.choices.contains { $0.key == key } }
        for key in gone where try uses(key, old, of: object) > 0 { throw inUse(key, old) }
        let indexChanges = old.indexed != new.indexed || old.unique != new.unique || old.key != new.key
        if indexChanges, old.indexed || old.unique {
            plan.add(Label("Drop its index.", zh: "删除原索引。"), TableDDL.dropIndex(old, of: object.key))
        }
        if old.key != new.key {
            for (before, after) in zip(old.columns, new.columns) {
                plan.add(
                    Label("Rename \(before.name) to \(after.name).", zh: "将列 \(before.name) 改名为 \(after.name)。"),
                    "ALTER TABLE \(quotedName(object.key)) RENAME COLUMN \(quotedName(before.name)) TO "
                        + quotedName(after.name)
                )
            }
        }
        if indexChanges { addIndex(new, of: object, &plan) }
        plan.rebuildsSearch = old.isSearched != new.isSearched
        try SchemaStore.save(new, of: object.key, position: position(of: old, object), on: connection)
    }

    private func position(of field: FieldDefinition, _ object: ObjectDefinition) -> Int64 {
        Int64(object.fields.firstIndex { $0.id == field.id } ?? object.fields.count)
    }

    private func removeField(_ object: ObjectDefinition, _ field: FieldDefinition, _ plan: inout SchemaPlan) throws {
        guard field.custom else {
            throw Problem.forbidden(
                Label("Built-in fields can be hidden, not removed.", zh: "系统字段不能删除，但可以隐藏。")
            )
        }
        plan.object = object.key
        plan.add(
            Label("Remove «\(field.label.en)»; it can be restored for 30 days.", zh: "删除“\(field.label.zh)”，30 天内可恢复。")
        )
        if field.unique {
            plan.add(
                Label("Drop its index.", zh: "删除索引。"),
                "DROP INDEX IF EXISTS " + quotedName("uq_\(object.key)_\(field.key)")
            )
        }
        plan.rebuildsSearch = field.isSearched
        try connection.run("UPDATE sys_field SET removed_at = \(session.now) WHERE id = \(field.id)")
    }

    /// `name` is the field's id or its key: a key is never given to another field.
    private func restoreField(_ object: ObjectDefinition, _ name: String, _ plan: inout SchemaPlan) throws {
        let stored = try connection.value(
            """
            SELECT definition FROM sys_field WHERE (id = \(name) OR key = \(name)) AND object = \(object.key)
            AND removed_at IS NOT NULL
            """
        )
        guard let text = stored.text, !text.isEmpty, let field = DefinitionJSON.field(try JSONReader.parse(text)) else {
            throw Problem.notFound
        }
        plan.object = object.key
        plan.add(Label("Restore «\(field.label.en)» with its values.", zh: "恢复字段“\(field.label.zh)”及其数据。"))
        addIndex(field, of: object, &plan)
        plan.rebuildsSearch = field.isSearched
        try connection.run("UPDATE sys_field SET removed_at = NULL WHERE id = \(field.id)")
    }

    // MARK: Choices

    private func removeChoice(
        _ object: ObjectDefinition,
        _ field: FieldDefinition,
        _ key: String,
        _ target: String?,
        _ plan: inout SchemaPlan
    ) throws {
        var new = field
        let rest = field.kind.choices.filter { $0.key != key }
        guard rest.count < field.kind.choices.count else { throw Problem.notFound }
        guard !rest.isEmpty else { throw SchemaInput.incomplete("choices") }
        plan.object = object.key
        let count = try uses(key, field, of: object)
        if count > 0 {
            guard let target, rest.contains(where: { $0.key == target }) else { throw inUse(key, field) }
            try moveRecords(object, field, from: key, to: target)
            plan.add(
                Label(
                    "Move \(count) records from «\(key)» to «\(target)».",
                    zh: "将 \(count) 条记录从“\(key)”移到“\(target)”。"
                )
            )
        }
        if case .multiChoice = field.kind { new.kind = .multiChoice(rest) } else { new.kind = .choice(rest) }
        plan.add(Label("Remove the choice «\(key)».", zh: "删除选项“\(key)”。"))
        try SchemaStore.save(new, of: object.key, position: position(of: field, object), on: connection)
    }

    /// Through the ordinary recipe, so that history, audit and events tell of the move.
    private func moveRecords(
        _ object: ObjectDefinition,
        _ field: FieldDefinition,
        from key: String,
        to target: String
    ) throws {
        let ids = try connection.rows(
            "SELECT \"id\" FROM \(name: object.key) WHERE \(holds(key, field)) AND \"deleted_at\" IS NULL"
        )
        for row in ids {
            guard let id = row.id(0) else { continue }
            var value = JSONValue.string(target)
            if case .multiChoice = field.kind {
                let stored = try connection.value(
                    "SELECT \(name: field.key) FROM \(name: object.key) WHERE \"id\" = \(id)"
                )
                let items = StoredList.items(stored.text ?? "").map { $0 == key ? target : $0 }
                value = .array(items.map { .string($0) })
            }
            _ = try session.asSystem { try session.update(object, id, .object([.init(key: field.key, value: value)])) }
        }
        // What rests in the recycle bin must find a choice that exists when it comes back.
        let bar: SQLFragment =
            field.kind.name == "choice"
            ? "\(target)" : "replace(\(name: field.key), \("|\(key)|"), \("|\(target)|"))"
        try connection.run(
            "UPDATE \(name: object.key) SET \(name: field.key) = \(bar) WHERE \(holds(key, field))"
        )
    }

    private func holds(_ key: String, _ field: FieldDefinition) -> SQLFragment {
        if case .multiChoice = field.kind { return "instr(\(name: field.key), \("|\(key)|")) > 0" }
        return "\(name: field.key) = \(key)"
    }

    private func uses(_ key: String, _ field: FieldDefinition, of object: ObjectDefinition) throws -> Int64 {
        try connection.value(
            "SELECT count(*) FROM \(name: object.key) WHERE \(holds(key, field))"
        ).integer ?? 0
    }

    private func inUse(_ key: String, _ field: FieldDefinition) -> Problem {
        Problem(
            .conflict,
            "choice_in_use",
            Label(
                "Records still have «\(key)». Say to which choice they move.",
                zh: "仍有记录使用“\(key)”，请先指定要移到的选项。"
            ),
            fields: [FieldProblem(field.key, "choice_in_use", Label("This choice is in use.", zh: "该选项正在使用。"))]
        )
    }
}

extension WriteSession {
    /// Runs DDL that existing rows may refuse, such as a unique index over doubles.
    func storingSchema(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let failure as StorageFailure where failure.isUnique {
            throw Problem(
                .conflict,
                "not_unique",
                Label(
                    "Records already have the same value twice, so the field cannot be unique yet.",
                    zh: "已有记录的值重复，暂时不能设为唯一，请先处理重复数据。"
                )
            )
        } catch let failure as StorageFailure where failure.isUnsupported {
            throw Problem(
                .conflict,
                "table_in_partitions",
                Label(
                    "The table of this object is divided into partitions in PostgreSQL, over which a field cannot be unique.",
                    zh: "该对象的数据表在 PostgreSQL 中已分区，字段不能设为唯一。"
                )
            )
        }
    }
}
