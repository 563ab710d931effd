import Database
import SQLText
import TestSupport
import Testing
import Values

@Suite struct PositionTests {
    @Test func `a position is read as PostgreSQL writes it, and nothing else is`() throws {
        for text in ["0/0", "16/B374D848", "FFFFFFFF/FFFFFFFE"] {
            #expect(try #require(Position(text)).description == text)
        }
        #expect(Position("16/b374d848") == Position("16/B374D848"))
        let (before, after) = (try #require(Position("0/FFFFFFFF")), try #require(Position("1/0")))
        #expect(before < after)
        for text in ["", "/", "1", "1/", "/1", "1/2/3", "x/1", "1/ 2", "latest", "100000000/0", "0/0'; DROP TABLE x"] {
            #expect(Position(text) == nil, "\(text)")
        }
    }

    @Test func `whoever does not ask where a write stands is not told`() async throws {
        let database = try await TestDatabase.make()
        let own = LastWrite()
        try await LastWrite.$current.withValue(own) {
            try await database.write { try $0.script("CREATE TABLE a (id INTEGER PRIMARY KEY)") }
        }
        // Nothing follows this database, so that it does not matter how far the log is.
        #expect(own.position == .start)
        // A read that may be done elsewhere is done here.
        let count = try await database.read(at: .replica(after: own)) { try $0.value("SELECT count(*) FROM a").integer }
        #expect(count == 0)
    }
}
