import Values

extension BenchReport {
    /// The figures as JSON, with commit, machine and command.
    public var json: String {
        var json = JSONWriter()
        json.object { json in
            json.member("at", circumstances.at.description)
            json.member("version", circumstances.version)
            json.member("commit", circumstances.commit)
            json.member("command", circumstances.command)
            json.key("machine")
            json.object { json in
                json.member("processor", circumstances.processor)
                json.member("processors", Int64(circumstances.processors))
                number("memory_mib", circumstances.memory, &json)
                json.member("system", circumstances.system)
                number("load", circumstances.load, &json)
            }
            json.key("sizes")
            json.array { json in for result in results { result.write(to: &json) } }
            json.key("growth")
            json.array { json in
                for line in growth {
                    json.object { json in
                        json.member("workload", line.workload)
                        json.member("connections", Int64(line.connections))
                        number("ratio", line.ratio, &json)
                        if let mark = line.mark {
                            number("limit", Goals.growth.must, &json)
                            json.member("mark", mark.rawValue)
                        }
                    }
                }
            }
        }
        return json.text
    }
}

extension BenchResult {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("customers", Int64(customers))
            if let startSeconds { goal("start_seconds", startSeconds, Goals.start, &json) }
            if let memory {
                goal("memory_end_mib", memory.end.resident, Goals.memory, &json)
                number("memory_end_pss_mib", memory.end.proportional, &json)
                number("memory_start_mib", memory.start.resident, &json)
                number("memory_start_pss_mib", memory.start.proportional, &json)
                number("memory_peak_mib", memory.end.peak, &json)
            }
            if let disk {
                number("disk_start_mib", disk.start, &json)
                number("disk_end_mib", disk.end, &json)
            }
            json.key("figures")
            json.array { json in for figure in figures { figure.write(to: &json) } }
            json.key("imports")
            json.array { json in for figure in imports { figure.write(to: &json) } }
            if let page {
                json.key("page")
                page.write(to: &json)
            }
        }
    }
}

extension Figures {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("workload", workload)
            json.member("connections", Int64(connections))
            if let pace = Goals.perSecond(workload, connections: connections) {
                goal("requests_per_second", perSecond, pace, &json)
            } else {
                number("requests_per_second", perSecond, &json)
            }
            number("p50_ms", median, &json)
            number("p99_ms", p99, &json)
            if let processor { goal("cpu_ms", processor, Goals.processor[workload], &json) }
            if let engine { number("engine_ms", engine, &json) }
            if let bare { number("bare_ms", bare, &json) }
            number("bytes", bytes, &json)
            json.member("errors", Int64(errors))
        }
    }
}

extension ImportFigures {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("workload", workload)
            json.member("rows", Int64(rows))
            number("seconds", seconds, &json)
            number("rows_per_second", perSecond, &json)
            // With others at work the processor time is theirs too.
            goal("rows_per_cpu_second", perProcessorSecond, others == nil ? Goals.importRows : nil, &json)
            number("memory_peak_mib", peak, &json)
            json.member("errors", Int64(errors))
            guard let others else { return }
            json.member("writes", Int64(others.writes))
            number("write_p50_ms", others.median, &json)
            goal("write_p99_ms", others.p99, Goals.writeWait, &json)
            number("write_max_ms", others.longest, &json)
            json.member("reads", Int64(others.reads))
            number("read_p99_ms", others.readP99, &json)
        }
    }
}

extension PageFigures {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { json in
            number("first_byte_ms", firstByte, &json)
            goal("cold_bytes", Double(cold.total), Goals.pageBytes, &json)
            for (name, transfer) in [("cold", cold), ("warm", warm)] {
                json.key(name)
                json.object { json in
                    json.member("requests", Int64(transfer.requests))
                    for (kind, bytes) in transfer.bytes.sorted(by: { $0.key < $1.key }) {
                        json.member("\(kind)_bytes", Int64(bytes))
                    }
                }
            }
            json.member("errors", Int64(errors))
        }
    }
}

private func number(_ name: String, _ value: Double, _ json: inout JSONWriter) {
    json.key(name)
    json.raw(rounded(value, 4))
}

// A figure with what it must reach, what we aim at, and how it stands.
private func goal(_ name: String, _ value: Double, _ goal: Goal?, _ json: inout JSONWriter) {
    number(name, value, &json)
    guard let goal else { return }
    number("\(name)_must", goal.must, &json)
    number("\(name)_aim", goal.aim, &json)
    json.member("\(name)_mark", goal.mark(value).rawValue)
}
