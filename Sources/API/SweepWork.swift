import HTTP
import Index

extension BackgroundWork {
    /// A sweep that runs beside the routes.
    package init(_ sweep: Sweep) {
        self.init(sweep.name, run: sweep.run)
    }
}
