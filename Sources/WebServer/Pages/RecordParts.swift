import Identity
import Pages
import Records
import Schema
import Values

extension ObjectDefinition {
    /// The link without which a record is nothing: lines belong to an opportunity, prices to a price book. Nil for
    /// objects that stand for themselves. Records of an object with one are written on the page that it leads to.
    var partOf: FieldDefinition? {
        guard !custom, field(nameField)?.searchable != true else { return nil }
        return fields.first { field in
            if case .link = field.kind { field.required && !field.hidden } else { false }
        }
    }
}

/// The parts of a record: a table with what can be done with each, and the form of a new one.
struct RecordParts {
    let view: RecordSheet
    private static let shown = 100

    private var context: PageContext { view.context }
    private var session: ReadSession { view.session }

    /// All kinds of parts that the record has and the person may read.
    func models() throws -> [PartsModel] {
        try session.schema.children(of: view.object.key).compactMap { child, field in
            guard child.partOf?.key == field.key, let other = try? session.object(child.plural),
                session.right(on: field, of: other) != .hidden
            else { return nil }
            return try model(other, field)
        }
    }

    private func model(_ other: ObjectDefinition, _ link: FieldDefinition) throws -> PartsModel? {
        let readable = session.readableFields(other)
        let columns = other.listFields.compactMap { key in readable.first { $0.key == key } }
            .filter { $0.key != link.key && $0.key != other.nameField }
        var query = ListQuery()
        query.filter = "\(link.key) = \"\(view.id)\""
        query.fields = columns.map(\.key) + [other.nameField].filter { key in readable.contains { $0.key == key } }
        query.sort = ["id"]
        query.limit = RecordParts.shown
        let result = try session.list(other, query)
        let fields = try newFields(other, link)
        if result.rows.isEmpty, fields.isEmpty { return nil }
        let ids = result.rows.map(\.id)
        let may = (
            update: try session.those(.update, other, of: ids), delete: try session.those(.delete, other, of: ids)
        )
        var model = PartsModel(
            title: context(other.pluralLabel),
            icon: Navigation.icon(of: other),
            table: TableModel(
                caption: context(other.pluralLabel),
                columns: columns.map { ColumnModel($0, in: context) },
                rows: result.rows.map { row($0, result.plan, other, columns, may) }
            ),
            fields: fields,
            action: Addresses.list(other.plural),
            hidden: [Option(link.key, view.id.description), Option("_back", view.address)]
        )
        if result.next == nil {
            model.total = total(result, columns)
        } else {
            model.all = WebAddress.path(Addresses.list(other.plural), ["filter": query.filter ?? ""])
        }
        return model
    }

    private func row(
        _ row: RecordRow,
        _ plan: ReadPlan,
        _ other: ObjectDefinition,
        _ columns: [FieldDefinition],
        _ may: (update: Set<RecordID>, delete: Set<RecordID>)
    ) -> RowModel {
        let reader = CellReader(session: session, context: context)
        let id = row.id.description
        return RowModel(
            id: id,
            href: Addresses.record(other.plural, id),
            name: row.title(plan, in: context),
            cells: columns.map { field in plan.slot(field.key).map { reader.cell($0, of: row) } ?? .empty },
            actions: Parts.actions(
                edit: may.update.contains(row.id)
                    ? WebAddress.path(Addresses.edit(other.plural, id), ["_back": view.address]) : nil,
                delete: may.delete.contains(row.id) ? Addresses.delete(other.plural, id) : nil,
                back: view.address,
                in: context
            )
        )
    }

    /// The sum of the last amount that the program works out, where all are in one currency.
    private func total(_ result: Records.RecordPage, _ columns: [FieldDefinition]) -> CellValue? {
        guard result.rows.count > 1, let field = columns.last(where: { $0.kind == .money && $0.readOnly }),
            let slot = result.plan.slot(field.key)
        else { return nil }
        var sum = Int64(0)
        var currency: String?
        for values in result.rows.map({ $0.values(slot) }) {
            guard let minor = values.first?.integer, values.count > 1, let code = values[1].text else { continue }
            let (next, overflow) = sum.addingReportingOverflow(minor)
            guard !overflow, currency == nil || currency == code else { return nil }
            (sum, currency) = (next, code)
        }
        return currency.map { .money(Money(minor: sum, currency: $0)) }
    }

    /// The controls of a new part, when the person may make one.
    private func newFields(_ other: ObjectDefinition, _ link: FieldDefinition) throws -> [FieldModel] {
        guard session.actor.rights.on(other.key).create, session.right(on: link, of: other) == .full else { return [] }
        let form = RecordForm(other, session, view.page)
        let fresh = try form.fresh(Query()).filter { model in
            model.definition.key != link.key && !model.definition.system
                && (model.definition.required || other.listFields.contains(model.definition.key))
        }
        return try form.sections(fresh).flatMap(\.fields)
    }
}
