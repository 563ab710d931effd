import Glibc

/// All measurements of one workload.
struct Series {
    let options: BenchOptions
    let endpoint: Endpoint
    /// The server's process; nil when it is not known.
    let meter: ProcessMeter?
    let workload: Workload

    /// A warm-up and so many passes per number of connections.
    func run(bare: Double?, engine: Double?) throws -> [Figures] {
        var number = 0
        func next() -> [UInt8] {
            number += 1
            return workload.request(number - 1)
        }
        return try workload.connections.map { connections in
            let loop = LoadLoop(endpoint: endpoint, connections: connections)
            _ = try loop.run(seconds: min(1, options.seconds), next: next, isRight: workload.isRight)
            var passes: [Pass] = []
            for _ in 0..<max(1, options.passes) {
                settle()
                let before = meter?.processorSeconds
                let outcome = try loop.run(seconds: options.seconds, next: next, isRight: workload.isRight)
                settle()
                let used = before.flatMap { before in meter.map { $0.processorSeconds - before } }
                passes.append(Pass(outcome, processorSeconds: used))
            }
            return figures(passes, connections: connections, bare: bare, engine: engine)
        }
    }

    private func settle() {
        if let meter { meter.waitUntilIdle() } else { usleep(200_000) }
    }

    private func figures(_ passes: [Pass], connections: Int, bare: Double?, engine: Double?) -> Figures {
        func middle(_ value: (Pass) -> Double) -> Double { passes.map(value).sorted()[passes.count / 2] }
        return Figures(
            workload: workload.id,
            title: workload.title,
            connections: connections,
            perSecond: middle(\.perSecond),
            median: middle(\.median),
            p99: middle(\.p99),
            errors: passes.reduce(0) { $0 + $1.errors },
            bytes: middle(\.bytes),
            processor: meter == nil ? nil : middle { $0.processor ?? 0 },
            bare: bare,
            engine: engine,
            firstError: passes.compactMap(\.firstError).first
        )
    }

    private struct Pass {
        let perSecond, median, p99, bytes: Double
        let processor: Double?
        let errors: Int
        let firstError: String?

        init(_ outcome: LoadLoop.Outcome, processorSeconds: Double?) {
            let count = Double(max(1, outcome.latencies.count))
            perSecond = count / max(outcome.seconds, 0.000_001)
            median = outcome.percentile(0.5)
            p99 = outcome.percentile(0.99)
            bytes = Double(outcome.bytes) / count
            processor = processorSeconds.map { $0 * 1000 / count }
            errors = outcome.errors
            firstError = outcome.firstError
        }
    }
}
