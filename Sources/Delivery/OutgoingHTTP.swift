import CCurl
import Dispatch
import Foundation
import Synchronization
import Values

/// Calls other servers, on threads of its own: libcurl blocks, and Swift's threads must not wait for strangers.
public final class OutgoingHTTP: Sendable {
    /// How many calls run at the same time.
    public let width: Int
    private let state = Mutex(State())
    private let arrived = DispatchSemaphore(value: 0)

    private struct State {
        var waiting: [Work] = []
        var threads = 0
        var idle = 0
    }
    private struct Work: Sendable {
        let call: OutgoingCall
        let answer: CheckedContinuation<OutgoingAnswer, Never>
    }
    /// libcurl wants to be made ready once, before any thread uses it.
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    /// A caller that makes up to `width` calls at the same time; its threads begin when they are needed.
    public init(width: Int = 8) { self.width = width }

    /// Calls and waits for the answer, for as long as the call allows.
    public func send(_ call: OutgoingCall) async -> OutgoingAnswer {
        guard OutgoingHTTP.isReady else {
            return OutgoingAnswer(error: Label("libcurl cannot be used.", zh: "无法使用 libcurl。"))
        }
        return await withCheckedContinuation { continuation in
            let needsThread = state.withLock { state in
                state.waiting.append(Work(call: call, answer: continuation))
                guard state.idle < state.waiting.count, state.threads < width else { return false }
                state.threads += 1
                state.idle += 1
                return true
            }
            if needsThread { startThread() }
            arrived.signal()
        }
    }

    private func startThread() {
        let thread = Thread { [self] in while true { work() } }
        thread.name = "kehu.outgoing"
        thread.start()
    }

    private func work() {
        arrived.wait()
        let work = state.withLock { state -> Work? in
            guard !state.waiting.isEmpty else { return nil }
            state.idle -= 1
            return state.waiting.removeFirst()
        }
        guard let work else { return }
        let answer = CurlCall(work.call).perform()
        state.withLock { $0.idle += 1 }
        work.answer.resume(returning: answer)
    }
}
