import CCurl
import Dispatch
import Foundation
import Synchronization
import Values

/// Calls other servers, on threads of its own: libcurl blocks, and Swift's threads must not wait for strangers.
public final class OutgoingHTTP: Sendable {
    /// How many calls run at the same time.
    public let width: Int
    private let idleSeconds: Double
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

    /// A caller that makes up to `width` calls at the same time; its threads begin when they are needed, and end after some
    /// seconds in which they are not.
    public init(width: Int = 8, idleSeconds: Double = 30) { (self.width, self.idleSeconds) = (width, idleSeconds) }

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
        let thread = Thread { [self] in while work() {} }
        thread.name = "kehu.outgoing"
        thread.start()
    }

    /// Makes one call; false when there was none for long.
    private func work() -> Bool {
        let wasCalled = arrived.wait(timeout: .now() + idleSeconds) == .success
        let (work, isOver) = state.withLock { state -> (Work?, Bool) in
            if state.waiting.isEmpty {
                if wasCalled { return (nil, false) }
                state.threads -= 1
                state.idle -= 1
                return (nil, true)
            }
            state.idle -= 1
            return (state.waiting.removeFirst(), false)
        }
        guard let work else { return !isOver }
        let answer = CurlCall(work.call).perform()
        state.withLock { $0.idle += 1 }
        work.answer.resume(returning: answer)
        return true
    }
}
