import Identity
import Testing
import Values

@Suite struct RightsTests {
    @Test func `nothing is allowed unless a role says so`() {
        let rights = Rights()
        #expect(rights.on("customer") == ObjectRights())
        #expect(Capability.allCases.allSatisfy { !rights.allows($0) })
        #expect(throws: Problem.self) { try Actor(userID: RecordID(1), name: "李强", rights: rights).require(.users) }
    }

    @Test func `a role survives being stored and read`() throws {
        for role in BuiltInRole.all { #expect(try Rights(text: role.rights.json.text) == role.rights) }
        let text = """
            {"objects":{"*":{"read":"team"},"customer":{"read":"own","update":"none","create":true,"import":true}},\
            "fields":{"customer.phone":"hidden","customer.name":"read_only"},"capabilities":["audit"]}
            """
        let rights = try Rights(text: text)
        #expect(rights.on("customer").read == .own && rights.on("customer").importing)
        #expect(rights.on("lead").read == .team)
        #expect(rights.field("customer", "phone") == .hidden && rights.field("customer", "city") == .full)
        #expect(try Rights(text: rights.json.text) == rights)
    }

    @Test(arguments: [
        #"{"objects":{"customer":{"read":"mine"}}}"#, #"{"objects":{"customer":{"see":"own"}}}"#,
        #"{"objects":{"Customer; DROP":{"read":"own"}}}"#, #"{"fields":{"phone":"hidden"}}"#,
        #"{"fields":{"customer.phone":"secret"}}"#, #"{"capabilities":["fly"]}"#, #"{"all":true}"#, "[]", "3",
        #"{"everything":"yes"}"#,
    ])
    func `a role that cannot be read says where it is wrong`(text: String) {
        #expect(throws: Problem.self) { try Rights(text: text) }
    }

    @Test func `roles add up and a role without the object does not lift a hidden field`() throws {
        let seller = try Rights(
            text: #"{"objects":{"customer":{"read":"own"}},"fields":{"customer.phone":"hidden"}}"#
        )
        let clerk = try Rights(text: #"{"objects":{"product":{"read":"all","create":true}}}"#)
        let helper = try Rights(text: #"{"objects":{"customer":{"read":"team"}}}"#)
        let both = Rights().union(seller).union(clerk)
        #expect(both.on("customer").read == .own && both.on("product").create)
        #expect(both.field("customer", "phone") == .hidden)
        #expect(both.union(helper).field("customer", "phone") == .full)
        #expect(both.union(helper).on("customer").read == .team)
    }

    @Test func `a key never gives more than its owner has`() throws {
        let seller = BuiltInRole.salesperson.rights
        let reading = seller.intersection(KeyScopes.read.limit)
        #expect(reading.on("customer").read == .own && !reading.on("customer").create)
        #expect(reading.on("ticket") == ObjectRights())
        let limit = try Rights(
            text: #"{"objects":{"customer":{"read":"all"}},"fields":{"customer.phone":"hidden"}}"#
        )
        let narrow = Rights.all.intersection(limit)
        #expect(narrow.on("customer").read == .all && narrow.on("lead").read == .none)
        #expect(narrow.field("customer", "phone") == .hidden)
        #expect(!narrow.everything && narrow.capabilities.isEmpty)
        #expect(Rights.all.intersection(KeyScopes.write.limit).allows(.users) == false)
    }

    @Test func `rights cover what they hold and no more`() {
        let (manager, seller) = (BuiltInRole.salesManager.rights, BuiltInRole.salesperson.rights)
        #expect(manager.covers(seller) && !seller.covers(manager))
        #expect(Rights.all.covers(manager) && !manager.covers(.all))
    }
}
