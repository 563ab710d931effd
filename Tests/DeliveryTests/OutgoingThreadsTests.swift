import Delivery
import Foundation
import Testing

@Suite struct OutgoingThreadsTests {
    /// How many threads of this process call other servers.
    private func threads() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").filter { task in
            let name = FileManager.default.contents(atPath: "/proc/self/task/\(task)/comm") ?? Data()
            return String(decoding: name, as: UTF8.self).hasPrefix("kehu.outgoing")
        }.count
    }

    @Test func `threads that call other servers end when there is nothing to call`() async throws {
        let http = OutgoingHTTP(width: 3, idleSeconds: 2)
        for _ in 0..<2 {
            // Nobody listens there.
            let call = OutgoingCall(to: "http://127.0.0.1:1/", headers: [], body: [], allowsNearby: true)
            let answers = await withTaskGroup(of: OutgoingAnswer.self) { group in
                for _ in 0..<12 { group.addTask { await http.send(call) } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count == 12 && answers.allSatisfy { $0.error != nil })
            #expect(try threads() <= 3)
            for _ in 0..<300 where try threads() > 0 { try await Task.sleep(for: .milliseconds(100)) }
            #expect(try threads() == 0)
        }
    }
}
