import Identity
import Records
import Values

/// Makes one record of the access matrix for one person, and what points to it.
struct ProbedRecord {
    let company: Company
    let actor: Actor
    let record: String
    let number: Int

    /// A name that nothing else has.
    private var name: String { "雪豹" + String(Array("天地玄黄宇宙洪荒日月盈昃辰宿列张")[number]) + "谷" }

    private var object: (plural: String, nameField: String) {
        if record.contains("contact") { return ("contacts", "name") }
        if record.hasPrefix("call") || record.hasSuffix("note") { return ("activities", "subject") }
        if record.contains("deal of") || record.hasSuffix("deal") { return ("opportunities", "name") }
        return (record.hasSuffix("lead") ? "leads" : "customers", "name")
    }

    private var owner: Actor {
        if record.hasPrefix("own") { return actor }
        return record.hasPrefix("team mate") ? company.colleague : company.stranger
    }

    /// Makes the record, a company of the actor's above it and tasks of the actor's about it, and shares it.
    func make() async throws -> Probe {
        let (plural, nameField) = object
        let link = ["customers": "customer", "contacts": "contact", "opportunities": "opportunity", "leads": "lead"]
        var members = [#""\#(nameField)":"\#(name)""#, #""owner":"\#(id(owner))""#]
        if record.contains("of a customer") {
            let parent = try await company.make(
                "customers",
                #"{"name":"母体\#(number)","owner":"\#(id(company.stranger))"}"#
            )
            try await share("customers", parent.id)
            members.append(#""customer":"\#(parent.id)""#)
        }
        if plural == "customers" {
            let above = try await company.make("customers", #"{"name":"总部\#(number)","owner":"\#(id(actor))"}"#)
            members.append(#""parent":"\#(above.id)""#)
        }
        if plural == "opportunities" { members.append(#""amount":"1234567""#) }
        if plural == "activities" { members.append(#""kind":"call""#) }
        let made = try await company.make(plural, "{" + members.joined(separator: ",") + "}")
        if !record.contains("of a customer") { try await share(plural, made.id) }
        if let field = link[plural] {
            let task = #"{"subject":"任务\#(name)","kind":"task","owner":"\#(id(actor))","\#(field)":"\#(made.id)"}"#
            try await company.make("activities", task)
        }
        if plural == "customers" {
            let call = #"{"subject":"来电\#(name)","kind":"call","owner":"\#(id(owner))","customer":"\#(made.id)"}"#
            try await company.make("activities", call)
        }
        if record.contains("deleted") {
            try await company.engine.write(as: .system("setup")) { try $0.delete(try $0.object(plural), made.id) }
        }
        return Probe(company: company, actor: actor, plural: plural, id: made.id, name: name)
    }

    private func id(_ actor: Actor) -> String { actor.userID?.description ?? "" }

    private func share(_ plural: String, _ id: RecordID) async throws {
        guard record.contains("shared") else { return }
        let team = record.contains("with the team") ? company.east : nil
        let user = team == nil ? actor.userID : nil
        let canEdit = record.contains("edit")
        try await company.engine.write(as: .system("setup")) { session in
            try session.share(try session.object(plural), id, user: user, team: team, canEdit: canEdit)
        }
    }
}
