import Database
import Expressions
import FieldKinds
import Records
import SQLText
import Schema
import Values

extension Contact {
    static let hooks = Hooks<Contact>()
        .beforeSave("a name is written in one way") { contact, _ in
            guard contact.changes(\.name), let name = contact.name else { return }
            contact.name = PersonName.normalised(name)
        }
        .afterSave("a contact that moves leaves its history behind") { before, contact, session in
            let moved = before?.customer != contact.customer
            let left = contact.hasLeft == true && before?.hasLeft != true
            let differs =
                before?.role != contact.role || before?.title != contact.title || before?.name != contact.name
            guard moved || left || differs else { return }
            try session.asSystem {
                if moved, let old = before?.customer { try end(contact.id, old, session) }
                guard let customer = contact.customer else { return }
                if left { return try end(contact.id, customer, session) }
                if contact.hasLeft != true { try keep(contact, customer, session) }
            }
        }

    private static func end(_ contact: RecordID, _ customer: RecordID, _ session: WriteSession) throws {
        guard let role = try present(contact, customer, session) else { return }
        let today = session.expressionContext.today
        try session.update(ContactRole.self, role) { $0.endedOn = max(today, $0.startedOn ?? today) }
    }

    private static func keep(_ contact: Record<Contact>, _ customer: RecordID, _ session: WriteSession) throws {
        let today = session.expressionContext.today
        if let role = try present(contact.id, customer, session) {
            try session.update(ContactRole.self, role) { copy(contact, to: &$0) }
        } else {
            try session.create(ContactRole.self, owner: contact.owner) {
                $0.contact = contact.id
                $0.customer = customer
                $0.startedOn = today
                copy(contact, to: &$0)
            }
        }
    }

    private static func copy(_ contact: Record<Contact>, to role: inout Draft<ContactRole>) {
        role.name = contact.name
        role.role = contact.role
        role.title = contact.title
    }

    /// What the contact is at the customer now, read with the rights of the system.
    private static func present(
        _ contact: RecordID,
        _ customer: RecordID,
        _ session: WriteSession
    ) throws -> RecordID? {
        try session.connection.value(
            """
            SELECT "id" FROM \(name: ContactRole.key) WHERE "contact" = \(contact) AND "customer" = \(customer)
            AND "ended_on" IS NULL AND "deleted_at" IS NULL ORDER BY "id" DESC LIMIT 1
            """
        ).integer.map(RecordID.init)
    }
}

extension ContactRole {
    static let hooks = Hooks<ContactRole>()
        .beforeSave("a role keeps the contact's name") { role, session in
            guard role.changes(\.contact), role.name == nil || !role.isNew, let contact = role.contact else { return }
            role.name = try session.name(of: Contact.key, contact) ?? role.name
        }
}
