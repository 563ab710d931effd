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
