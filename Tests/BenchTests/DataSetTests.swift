import Records
import Testing
import Values

@testable import Bench

@Suite struct DataSetTests {
    private let owners = (1...20).map { RecordID(Int64($0)) }

    @Test func `a customer depends on its number only`() {
        let (small, large) = (DataSet(customers: 10, owners: owners), DataSet(customers: 100_000, owners: owners))
        #expect(small.customer(7) == large.customer(7))
        #expect(small.opportunity(7, 2) == large.opportunity(7, 2))
        #expect(small.customer(7)["name"] != small.customer(8)["name"])
        #expect(small.customer(5)["name"]?.text?.hasSuffix("公司000005") == true)
    }

    @Test func `cities and stages come up as often as they should`() {
        let set = DataSet(customers: 4000, owners: owners)
        let shanghai = (0..<4000).count { set.customer($0)["address_city"] == .text("上海") }
        #expect((440...600).contains(shanghai))
        let won = (0..<4000).count { set.opportunity($0, 0)["stage"] == .text("won") }
        #expect((520...680).contains(won))
    }

    @Test func `records of one moment have different ids`() {
        let ids = [DataSet.customerID(3), DataSet.contactID(3)] + (0..<3).map { DataSet.opportunityID(3, $0) }
        #expect(Set(ids).count == 5)
        #expect(DataSet.customerID(3) < DataSet.customerID(4))
    }

    @Test func `all that hangs on a customer has the customer's owner`() {
        let set = DataSet(customers: 100, owners: owners)
        for index in 0..<100 {
            #expect(set.customer(index)["owner"] == .integer(set.owner(index).raw))
            #expect(set.activity(index, 3)["owner"] == set.customer(index)["owner"])
        }
    }

    @Test func `activities of a customer lie weeks apart and have ids in the order of time`() {
        let ids = (0..<4).map { DataSet.activityID(7, $0) }
        #expect(ids == ids.sorted() && Set(ids).count == 4)
        #expect(DataSet.activityID(7, 1) > DataSet.activityID(8, 0))
        let apart = DataSet.happened(7, 1).milliseconds - DataSet.happened(7, 0).milliseconds
        #expect(apart == 7 * 86_400_000)
    }

    @Test func `indexes that are made after many rows are the same as ever`() async throws {
        var each = Companions()
        (each.contacts, each.opportunities, each.activities) = (0, 0, 3)
        let workspace = try await MeasuredWorkspace(customers: 20, each: each, many: 10)
        let usual = try await MeasuredWorkspace(customers: 1, each: each)
        #expect(try await workspace.indexes() == usual.indexes())
        let database = workspace.engine.database
        #expect(try await DataSetLoader.existing(customers: 20, each: each, in: database) != nil)
        #expect(try await DataSetLoader.existing(customers: 20, in: database) == nil)
        let found = try await workspace.engine.read(as: workspace.actor) { session in
            var query = ListQuery()
            query.filter = "customer = \"\(DataSet.customerID(11))\""
            query.sort = ["-created_at"]
            return try session.list(try session.object("activities"), query).rows.map(\.id)
        }
        #expect(found == [2, 1, 0].map { DataSet.activityID(11, $0) })
    }

    @Test func `a loaded workspace is found again and searches like any other`() async throws {
        let workspace = try await MeasuredWorkspace(customers: 200)
        let database = workspace.engine.database
        #expect(try await DataSetLoader.existing(customers: 200, in: database) != nil)
        #expect(try await DataSetLoader.existing(customers: 300, in: database) == nil)
        var query = ListQuery()
        query.search = DataSet.phone(12)
        let names = try await workspace.engine.read(as: workspace.actor) { [query] session in
            let page = try session.list(try session.object("customers"), query)
            return page.rows.map(\.id)
        }
        #expect(names == [DataSet.customerID(12)])
    }
}

@Suite struct AnswerTests {
    private func answer(_ text: String) throws -> Answer? { try Answer(Array(text.utf8)) }

    @Test func `an answer is complete when its length has arrived`() throws {
        #expect(try answer("HTTP/1.1 200 OK\r\nContent-Le") == nil)
        #expect(try answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab") == nil)
        let whole = try #require(try answer("HTTP/1.1 404 No\r\ncontent-length:5\r\n\r\nab,ab"))
        #expect(whole.status == 404)
        #expect(whole.count("ab") == 2)
        #expect(!whole.contains("abc"))
    }

    @Test func `an answer in chunks is put together`() throws {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        #expect(try answer(head + "3\r\nabc\r\n") == nil)
        let whole = try #require(try answer(head + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"))
        #expect(Array(whole.body) == Array("abcde".utf8))
    }

    @Test func `figures are rounded for people`() {
        #expect(rounded(1.23456, 2) == "1.23")
        #expect(rounded(1999.6, 0) == "2000")
        #expect(rounded(.infinity, 1) == "0")
    }
}
