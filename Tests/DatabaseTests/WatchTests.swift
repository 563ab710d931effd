import Database
import SQLText
import Synchronization
import TestSupport
import Testing

@Suite struct WatchTests {
    @Test func `what another process writes to a file is noticed without asking the database`() async throws {
        let path = TestFolder.path(".db")
        let (here, there) = (try Database(sqlite: path), try Database(sqlite: path))
        try await here.write { try $0.script("CREATE TABLE t (a INTEGER)") }
        let bell = here.news.bell(.others)
        #expect(here.news.patience == .seconds(1), "who hears nothing of others looks often")
        here.news.listen()
        #expect(here.news.patience > .seconds(10))
        let heard = Mutex(0)
        here.news.follow(.others) { heard.withLock { $0 += 1 } }
        let asked = here.log.statements
        _ = try await there.write { try $0.run("INSERT INTO t VALUES (1)") }
        await bell.wait(atMost: .seconds(60))
        #expect(heard.withLock { $0 } > 0)
        #expect(here.log.statements == asked)
        here.close()
        there.close()
    }
}
