public import Records
import Schema
import Values

/// Customers, their contacts, and what happens with them.
public enum CustomersModule {
    /// The module as the engine takes it.
    public static let module = Module(
        name: "customers",
        objects: [Customer.definition, Contact.definition, ContactRole.definition, Activity.definition],
        hooks: [
            Customer.key: Customer.hooks.untyped,
            Contact.key: Contact.hooks.untyped,
            ContactRole.key: ContactRole.hooks.untyped,
            Activity.key: Activity.hooks.untyped,
        ],
        tables: TimerTable.statements,
        references: [
            RecordColumns(table: "sys_file", object: "object", record: "record"),
            RecordColumns(table: "sys_timer", object: "object", record: "record"),
        ]
    )
}
