// QuickFIX C++ at both ends of the session benchmark: an acceptor that answers every order with one report, or an initiator that
// sends orders by the same plan as load.ts and prints its result as one line of JSON.
// usage: quickfix acceptor|initiator memory|file SETTINGS-FILE WARM-UP ROUND-TRIPS ORDERS OUTSTANDING
#define HAVE_SSL 1
#include <quickfix/FileStore.h>
#include <quickfix/MessageCracker.h>
#include <quickfix/Session.h>
#include <quickfix/SessionSettings.h>
#include <quickfix/SocketAcceptor.h>
#include <quickfix/SocketInitiator.h>
#include <quickfix/ThreadedSSLSocketAcceptor.h>
#include <quickfix/ThreadedSSLSocketInitiator.h>
#include <quickfix/fix44/ExecutionReport.h>
#include <quickfix/fix44/NewOrderSingle.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

class Peer : public FIX::Application, public FIX::MessageCracker {
 public:
  Peer(bool isAcceptor, int warmUp, int roundTrips, int orders, int outstanding)
      : isAcceptor_(isAcceptor), warmUp_(warmUp), single_(warmUp + roundTrips), orders_(orders), outstanding_(outstanding) {}

  void onCreate(const FIX::SessionID& id) override { sessionID_ = id; }
  void onLogon(const FIX::SessionID&) override {
    if (!isAcceptor_) next();
  }
  void onLogout(const FIX::SessionID&) override {}
  void toAdmin(FIX::Message&, const FIX::SessionID&) override {}
  void toApp(FIX::Message&, const FIX::SessionID&) throw(FIX::DoNotSend) override {}
  void fromAdmin(const FIX::Message&, const FIX::SessionID&) throw(FIX::FieldNotFound, FIX::IncorrectDataFormat,
                                                                   FIX::IncorrectTagValue, FIX::RejectLogon) override {}
  void fromApp(const FIX::Message& message, const FIX::SessionID& id) throw(
      FIX::FieldNotFound, FIX::IncorrectDataFormat, FIX::IncorrectTagValue, FIX::UnsupportedMessageType) override {
    crack(message, id);
  }

  void onMessage(const FIX44::NewOrderSingle& order, const FIX::SessionID& id) override {
    FIX::ClOrdID clOrdID;
    order.get(clOrdID);
    FIX44::ExecutionReport report(FIX::OrderID("O-" + clOrdID.getString()), FIX::ExecID("E-" + clOrdID.getString()),
                                  FIX::ExecType('0'), FIX::OrdStatus('0'), FIX::Side('1'), FIX::LeavesQty(1), FIX::CumQty(0),
                                  FIX::AvgPx(0));
    report.set(clOrdID);
    report.set(FIX::Symbol("X"));
    report.set(FIX::OrderQty(1));
    FIX::Session::sendToTarget(report, id);
  }

  void onMessage(const FIX44::ExecutionReport& report, const FIX::SessionID&) override {
    FIX::ClOrdID clOrdID;
    report.get(clOrdID);
    ++answered_;
    if (answered_ <= single_) {
      if (answered_ == warmUp_) {
        std::printf("measuring\n");
        std::fflush(stdout);
      }
      if (answered_ > warmUp_) times_.push_back(std::chrono::duration<double, std::micro>(Clock::now() - sentAt_).count());
      if (answered_ < single_) return next();
      throughputFrom_ = Clock::now();
      for (int count = 0; count < outstanding_; ++count) next();
      return;
    }
    if (answered_ == single_ + orders_) finish();
    else if (sent_ < single_ + orders_) next();
  }

 private:
  void next() {
    ++sent_;
    sentAt_ = Clock::now();
    FIX44::NewOrderSingle order(FIX::ClOrdID("order-" + std::to_string(sent_)), FIX::Side('1'), FIX::TransactTime(),
                                FIX::OrdType('2'));
    order.set(FIX::Symbol("X"));
    order.set(FIX::OrderQty(1));
    order.set(FIX::Price(100));
    FIX::Session::sendToTarget(order, sessionID_);
  }

  void finish() {
    const double seconds = std::chrono::duration<double>(Clock::now() - throughputFrom_).count();
    std::sort(times_.begin(), times_.end());
    const auto at = [this](double share) { return times_[static_cast<size_t>(times_.size() * share)]; };
    std::printf("{\"p50Us\":%.1f,\"p99Us\":%.1f,\"ordersPerSecond\":%.0f}\n", at(0.5), at(0.99), orders_ / seconds);
    std::fflush(stdout);
  }

  const bool isAcceptor_;
  const int warmUp_, single_, orders_, outstanding_;
  FIX::SessionID sessionID_;
  int sent_ = 0;
  int answered_ = 0;
  Clock::time_point sentAt_;
  Clock::time_point throughputFrom_;
  std::vector<double> times_;
};

template <typename Engine>
int run(Engine& engine) {
  engine.start();
  std::printf("listening\n");
  std::fflush(stdout);
  // Until the benchmark closes the input.
  std::string line;
  while (std::getline(std::cin, line)) {
  }
  std::_Exit(0);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 8) {
    std::cerr << "usage: quickfix acceptor|initiator memory|file SETTINGS WARM-UP ROUND-TRIPS ORDERS OUTSTANDING\n";
    return 2;
  }
  try {
    const bool isAcceptor = std::string(argv[1]) == "acceptor";
    FIX::SessionSettings settings(argv[3]);
    Peer peer(isAcceptor, std::atoi(argv[4]), std::atoi(argv[5]), std::atoi(argv[6]), std::atoi(argv[7]));
    std::unique_ptr<FIX::MessageStoreFactory> stores;
    if (std::string(argv[2]) == "file") stores.reset(new FIX::FileStoreFactory(settings));
    else stores.reset(new FIX::MemoryStoreFactory());
    const bool isTls = settings.get().has("PeerTls") && settings.get().getBool("PeerTls");
    if (isAcceptor && isTls) {
      FIX::ThreadedSSLSocketAcceptor engine(peer, *stores, settings);
      return run(engine);
    }
    if (isAcceptor) {
      FIX::SocketAcceptor engine(peer, *stores, settings);
      return run(engine);
    }
    if (isTls) {
      FIX::ThreadedSSLSocketInitiator engine(peer, *stores, settings);
      return run(engine);
    }
    FIX::SocketInitiator engine(peer, *stores, settings);
    return run(engine);
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
